import { Fault } from '@beamline/core';
import type { Environment, RollbackChoice, SnapshotRollback, StrategyName } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { shortRelease, table } from '../format.ts';
import { carryOut, following, reported } from './carry-out.ts';
import { chosen, planned, savePlan, saved } from './plan.ts';

export interface RollbackFlags {
  dryRun?: boolean;
  strategy?: StrategyName;
  to?: string;
  codeOnly?: boolean;
  snapshot?: readonly string[];
  yes?: boolean;
  out?: string;
}

/** `beamline rollback <environment>`: back to a release that ran before, keeping what players did; or, with `--snapshot`, giving it up. */
export async function rollback(name: string, flags: RollbackFlags, use: CommandRun): Promise<CommandResult> {
  const { dryRun = false, strategy, to, codeOnly = false, snapshot, yes = false, out } = flags;
  const environment = use.stack.environment(name);
  if (snapshot !== undefined) {
    if (codeOnly || strategy !== undefined || out !== undefined) throw new Fault('cli/flags', '--snapshot goes back by itself', { hint: 'Leave --code-only, --strategy and --out out.' });
    return toSnapshots(environment, { snapshots: snapshot, ...(to === undefined ? {} : { to }) }, { dryRun, yes }, use);
  }
  if (yes) throw new Fault('cli/flags', '--yes gives up what happened since a snapshot', { hint: 'Name it with --snapshot, or leave --yes out.' });
  if (codeOnly && strategy !== undefined && strategy !== 'in-place') throw new Fault('cli/flags', '--code-only goes in place', { hint: 'Leave --strategy out.' });
  const choice: RollbackChoice = { ...chosen(strategy), ...(to === undefined ? {} : { to }), ...(codeOnly ? { codeOnly } : {}) };
  const plan = await environment.planRollback(choice, use.context.signal);
  if (out !== undefined) return saved(plan, await savePlan({ way: 'rollback', ...choice }, plan, out, use));
  return dryRun ? planned(plan) : carryOut(environment, plan, use);
}

async function toSnapshots(environment: Environment, choice: { snapshots: readonly string[]; to?: string }, { dryRun, yes }: { dryRun: boolean; yes: boolean }, use: CommandRun): Promise<CommandResult> {
  const { context, progress } = use;
  const plan = await environment.planSnapshotRollback(choice);
  if (dryRun) return { result: plan, text: snapshotText(plan) };
  if (!yes) {
    throw new Fault('cli/flags', `${snapshotText(plan)}\nwhat happened since would be given up`, { hint: 'Say --yes if that is what you want. A rollback without --snapshot keeps it.' });
  }
  await progress.close();
  context.err(snapshotText(plan));
  const { restored, deployment } = await following(environment, use, () => environment.rollbackToSnapshots(choice, context.signal));
  const told = reported(environment, deployment);
  return { ...told, result: { restored, deployment }, text: [...restored.map(({ instance, process, slot }) => `${instance} is ${process} now, as of slot ${slot}`), told.text].join('\n') };
}

function snapshotText({ environment, release, version, instances, others }: SnapshotRollback): string {
  const rows = instances.map(({ instance, slot, takenAt, givenUp }) => [
    instance, slot, takenAt === undefined ? 'unknown' : new Date(takenAt).toISOString(), givenUp === undefined ? 'everything since' : `${givenUp} messages`,
  ]);
  return [
    `${environment}: back to release ${shortRelease(release)} (${version}) with the state of snapshots`,
    table(['instance', 'slot', 'taken', 'GIVEN UP'], rows),
    ...(others.length === 0 ? [] : [`${others.join(', ')}: back to that release, keeping state`]),
  ].join('\n');
}
