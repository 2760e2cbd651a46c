import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import type { CommandResult, CommandRun } from '../command.ts';
import { bytes, table } from '../format.ts';
import { readFollow, readSelection, type SelectionFlags } from '../selection-flags.ts';
import { writeNew } from '../write-new.ts';

export interface ExportFlags extends SelectionFlags {
  at?: string;
  out?: string;
}

/** `beamline export <environment> <instance>`: entities and all they refer to, into a file. */
export async function exportCommand(name: string, instance: string, flags: ExportFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const { at = 'now', out } = flags;
  if (out === undefined) throw new Fault('cli/flags', 'where to is missing', { hint: 'Name a file that is not there yet: --out ada.entities' });
  const [selection, follow] = [readSelection(flags), readFollow(flags)];
  const step = progress.start('exporting');
  const { bytes: content, ...exported } = await stack.environment(name).worlds.export(instance, { selection, follow, at }, context.signal);
  await writeNew(resolve(context.cwd, out), content);
  step.done(`${exported.entities} entities`);
  return {
    result: { file: out, bytes: content.length, ...exported },
    text: [
      `${out}: ${exported.entities} entities as of slot ${exported.slot}, ${bytes(content.length)}; ${exported.outside} that they refer to were left out`,
      table(['component', 'rows'], Object.entries(exported.rows)), `id ${exported.id}`,
    ].join('\n'),
  };
}
