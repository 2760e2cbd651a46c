import type { CommandResult, CommandRun } from '../command.ts';
import { table } from '../format.ts';
import { readInteger } from '../selection-flags.ts';

export interface WorldFlags {
  at?: string;
  entity?: string;
}

/** `beamline world <environment> <instance>`: the world at a moment, computed off the network where no snapshot is. */
export async function world(name: string, instance: string, { at = 'now', entity }: WorldFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const step = progress.start(`looking at ${at}`);
  const wanted = entity === undefined ? undefined : readInteger('--entity', entity);
  const report = await stack.environment(name).worlds.report(instance, at, wanted, context.signal);
  step.done(`slot ${report.slot}`);
  const from = report.ref === undefined ? '' : `, from ${report.ref}`;
  const found = report.entity === undefined ? 'is not alive' : JSON.stringify(report.entity, null, 2);
  return {
    result: report,
    text: [
      `${instance} (${report.process}) after slot ${report.slot}: ${report.entities} entities, root ${report.root}${from}, ${report.replayed} slots computed`,
      table(['table', 'rows'], Object.entries(report.rows)), ...(wanted === undefined ? [] : ['', `entity ${wanted} ${found}`]),
    ].join('\n'),
    failed: wanted !== undefined && report.entity === undefined,
  };
}
