import { Fault } from '@beamline/core';
import { assertUnderstood, stateMachineOf, type StateMachine, type DeploymentPlan, type DeploymentReport, type Environment, type Outcome } from '@beamline/stack';
import type { CommandResult, CommandRun, ExitCode } from '../command.ts';
import { duration, shortRelease } from '../format.ts';
import { followDeployment } from '../progress/follow-deployment.ts';
import { planText } from './plan-text.ts';

/** Shows the plan, does it, says what came of it. `how`: `deploy` of the environment unless the plan was saved. */
export async function carryOut(
  environment: Environment, plan: DeploymentPlan, use: CommandRun, how = () => environment.deploy(plan, use.context.signal),
): Promise<CommandResult> {
  await use.progress.close(); // the plan must not meet a line that is still turning
  use.context.err(planText(plan));
  return reported(environment, await following(environment, use, how, stateMachineOf(plan.strategy, plan.rollout?.by)));
}

export async function following<T>({ events }: Environment, { progress }: CommandRun, work: () => Promise<T>, machine?: StateMachine): Promise<T> {
  const stop = followDeployment(events, progress, machine);
  return work().finally(stop);
}

/** @throws Fault `cli/breaks-clients`, `deployer/contract-broken` */
export function assertAccepted(plan: DeploymentPlan, { acceptBreaks = false }: { acceptBreaks?: boolean }): void {
  if (!acceptBreaks) assertUnderstood(plan);
  const { instances } = plan;
  const broken = instances.flatMap(({ instance, breaksClients = [] }) => breaksClients.map((reason) => `${instance}: ${reason}`));
  if (broken.length === 0 || acceptBreaks) return;
  throw new Fault('cli/breaks-clients', `players’ programs of before would not understand the new release:\n${broken.join('\n')}`, {
    hint: 'Keep the old beside the new for a while, or say that clients are ready: --accept-breaks',
  });
}

const EXIT: Readonly<Record<Outcome, ExitCode>> = { complete: 0, aborted: 3, 'rolled-back': 3, stuck: 4 };

export function reported({ name }: Pick<Environment, 'name'>, report: DeploymentReport): CommandResult {
  const { outcome, to, reason, startedAt, endedAt, instances } = report;
  const pause = Math.max(0, ...Object.values(instances).map(({ writePauseMs }) => writePauseMs));
  const text = `${name}: ${outcome}, release ${shortRelease(to)}, ${duration(endedAt - startedAt)}, longest write pause ${duration(pause)}${reason === undefined ? '' : `\n${reason}`}`;
  return { result: report, text, failed: outcome !== 'complete', exit: EXIT[outcome] };
}
