import { resolve } from 'node:path';
import type { WorldChange } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { table } from '../format.ts';
import { readInteger } from '../selection-flags.ts';
import { openNew } from '../write-new.ts';

export interface DiffFlags {
  table?: readonly string[];
  entity?: string;
  limit?: string;
  out?: string;
}

const LINES_AT_ONCE = 1_000;

/** `beamline diff <environment> <instance> <from> <to>`: what differs between two moments, by entity and field. */
export async function diff(
  name: string, instance: string, from: string, to: string, flags: DiffFlags, { stack, context, progress }: CommandRun,
): Promise<CommandResult> {
  const limit = readInteger('--limit', flags.limit ?? '100');
  const entity = flags.entity === undefined ? {} : { entity: readInteger('--entity', flags.entity) };
  const step = progress.start('comparing');
  const { changes, summary } = await stack.environment(name).worlds.diff(instance, { from, to, ...entity, ...(flags.table === undefined ? {} : { tables: flags.table }) }, context.signal);
  const file = flags.out === undefined ? undefined : await openNew(resolve(context.cwd, flags.out));
  const shown: WorldChange[] = [];
  let count = 0;
  let lines: string[] = [];
  const flush = async (): Promise<void> => {
    await file?.write(lines.join(''));
    lines = [];
  };
  try {
    for await (const change of changes) {
      count += 1;
      if (shown.length < limit) shown.push(change);
      if (file !== undefined && lines.push(`${JSON.stringify(change)}\n`) >= LINES_AT_ONCE) await flush();
    }
    await flush();
  } finally {
    await file?.close();
  }
  step.done(`${count} changes`);
  const rows = Object.entries(summary).map(([name_, { added, removed, changed, pages }]) => [name_, added, removed, changed, pages.differing, pages.equal]);
  const text = count === 0 ? 'nothing differs' : [
    table(['table', 'added', 'removed', 'changed', 'pages read', 'pages equal'], rows), '',
    ...shown.map(lineOf), ...(count > shown.length ? [`… and ${count - shown.length} more: --limit, or --out <file> for all`] : []),
  ].join('\n');
  return { result: { instance, from, to, count, summary, changes: shown, ...(flags.out === undefined ? {} : { file: flags.out }) }, text };
}

function lineOf({ table: name, what, entity, row, fields }: WorldChange): string {
  const sign = { added: '+', removed: '-', changed: '~' }[what];
  const cells = Object.entries(fields).map(([field, { from, to }]) =>
    (what === 'changed' ? `${field} ${JSON.stringify(from)} → ${JSON.stringify(to)}` : `${field} ${JSON.stringify(to ?? from)}`));
  return `${sign} ${name} ${entity === undefined ? `row ${row}` : entity} ${cells.join(', ')}`.trimEnd();
}
