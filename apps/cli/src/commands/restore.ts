import { Fault } from '@beamline/core';
import type { CommandResult, CommandRun } from '../command.ts';
import { duration } from '../format.ts';
import { isSelecting } from '../selection-flags.ts';
import { restoreSome, type RestoreEntitiesFlags } from './restore-entities.ts';

export type RestoreFlags = RestoreEntitiesFlags;

/** `beamline restore <environment> <instance>`: recovers a lost process, takes an instance back to a snapshot, or some entities alone. */
export async function restore(name: string, instance: string, flags: RestoreFlags, use: CommandRun): Promise<CommandResult> {
  if (isSelecting(flags)) return restoreSome(name, instance, flags, use);
  const { snapshot, at, dryRun, depth, stop } = flags;
  if (at !== undefined || dryRun || depth !== undefined || stop !== undefined) {
    throw new Fault('cli/flags', '--at, --dry-run, --depth and --stop are for entities', { hint: 'Say which: --entity, --with or --where.' });
  }
  const { stack, context, progress } = use;
  const step = progress.start(snapshot === undefined ? `recovering ${instance}` : `taking ${instance} back`);
  const report = await stack.environment(name).restore(instance, snapshot === undefined ? {} : { snapshot }, context.signal);
  step.done(duration(report.ms));
  const { process, slot, replayed, rootsMatch, ms } = report;
  const roots = rootsMatch === undefined ? '' : rootsMatch ? ', roots match' : ', ROOTS DIFFER';
  return {
    result: report,
    text: `${instance} is ${process} now: up to slot ${slot}, ${replayed} messages replayed, ${duration(ms)}${roots}`,
    failed: rootsMatch === false,
  };
}
