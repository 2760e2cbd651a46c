import type { CommandResult, CommandRun } from '../command.ts';
import { duration } from '../format.ts';

export interface RestoreFlags {
  snapshot?: string;
}

/** `beamline restore <environment> <instance>`: recovers a lost process, or takes an instance back to a snapshot. */
export async function restore(name: string, instance: string, flags: RestoreFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const step = progress.start(flags.snapshot === undefined ? `recovering ${instance}` : `taking ${instance} back`);
  const report = await stack.environment(name).restore(instance, flags, context.signal);
  step.done(duration(report.ms));
  const { process, slot, replayed, rootsMatch, ms } = report;
  const roots = rootsMatch === undefined ? '' : rootsMatch ? ', roots match' : ', ROOTS DIFFER';
  return {
    result: report,
    text: `${instance} is ${process} now: up to slot ${slot}, ${replayed} messages replayed, ${duration(ms)}${roots}`,
    failed: rootsMatch === false,
  };
}
