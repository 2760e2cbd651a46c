import { Fault } from '@beamline/core';
import type { StrategyName } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { assertAccepted, carryOut, following, reported } from './carry-out.ts';
import { chosen, planned, releaseFor } from './plan.ts';

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
  const plan = await environment.plan(await releaseFor(release, use), chosen(strategy), use.context.signal);
  if (dryRun) return planned(plan);
  assertAccepted(plan, { acceptBreaks });
  return carryOut(environment, plan, use);
}
