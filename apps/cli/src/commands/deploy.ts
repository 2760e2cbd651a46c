import { Fault } from '@beamline/core';
import type { DeploymentPlan, DeploymentReport, Environment, StrategyName } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { duration, shortRelease } from '../format.ts';
import { followDeployment } from '../progress/follow-deployment.ts';
import { bundle } from './bundle.ts';
import { planText } from './plan-text.ts';

export interface DeployFlags {
  release?: string;
  dryRun?: boolean;
  resume?: boolean;
  acceptBreaks?: boolean;
  strategy?: StrategyName;
}

/** `beamline deploy <environment>`: builds, plans, carries out. */
export async function deploy(name: string, { release, dryRun = false, resume = false, acceptBreaks = false, strategy }: DeployFlags, use: CommandRun): Promise<CommandResult> {
  const environment = use.stack.environment(name);
  if (resume) {
    if (release !== undefined || dryRun || strategy !== undefined) throw new Fault('cli/flags', '--resume goes on with the plan it began with', { hint: 'Leave --release, --strategy and --dry-run out.' });
    return reported(environment, await following(environment, use, () => environment.resume(use.context.signal)));
  }
  const id = release ?? (await bundle({}, use)).result as { release: string };
  const plan = await environment.plan(typeof id === 'string' ? id : id.release, chosen(strategy), use.context.signal);
  if (dryRun) return planned(plan);
  const broken = plan.instances.flatMap(({ instance, breaksClients = [] }) => breaksClients.map((reason) => `${instance}: ${reason}`));
  if (broken.length > 0 && !acceptBreaks) {
    throw new Fault('cli/breaks-clients', `players’ programs of before would not understand the new release:\n${broken.join('\n')}`, {
      hint: 'Keep the old beside the new for a while, or say that clients are ready: --accept-breaks',
    });
  }
  return carryOut(environment, plan, use);
}

/** `beamline rollback <environment>`: back to the release before, keeping what players did. */
export async function rollback(name: string, { dryRun = false, strategy }: Pick<DeployFlags, 'dryRun' | 'strategy'>, use: CommandRun): Promise<CommandResult> {
  const environment = use.stack.environment(name);
  const plan = await environment.planRollback(chosen(strategy), use.context.signal);
  return dryRun ? planned(plan) : carryOut(environment, plan, use);
}

async function carryOut(environment: Environment, plan: DeploymentPlan, use: CommandRun): Promise<CommandResult> {
  await use.progress.close(); // the plan must not meet a line that is still turning
  use.context.err(planText(plan));
  return reported(environment, await following(environment, use, () => environment.deploy(plan, use.context.signal)));
}

async function following<T>({ events }: Environment, { progress }: CommandRun, work: () => Promise<T>): Promise<T> {
  const stop = followDeployment(events, progress);
  return work().finally(stop);
}

const chosen = (strategy: StrategyName | undefined): { strategy?: StrategyName } => (strategy === undefined ? {} : { strategy });

const planned = (plan: DeploymentPlan): CommandResult => ({ result: plan, text: planText(plan) });

function reported({ name }: Environment, report: DeploymentReport): CommandResult {
  const { outcome, to, reason, startedAt, endedAt, instances } = report;
  const pause = Math.max(0, ...Object.values(instances).map(({ writePauseMs }) => writePauseMs));
  const text = `${name}: ${outcome}, release ${shortRelease(to)}, ${duration(endedAt - startedAt)}, longest write pause ${duration(pause)}${reason === undefined ? '' : `\n${reason}`}`;
  return { result: report, text, failed: outcome !== 'complete' };
}
