import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { describeConflict, type ImportOptions, type ImportPlan } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { duration, table } from '../format.ts';

export interface ImportFlags {
  key?: readonly string[];
  onConflict?: string;
  onDangling?: string;
  dryRun?: boolean;
}

/** `beamline import <environment> <instance> <file>`: a file's entities into the running world. Conflicts change nothing. */
export async function importCommand(name: string, instance: string, file: string, flags: ImportFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const { dryRun: preview = false } = flags;
  const options = readOptions(flags);
  const content = await readFile(resolve(context.cwd, file)).catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('cli/no-file', `${file} cannot be read: ${cause.code ?? cause.message}`, { cause });
  });
  const step = progress.start(preview ? 'looking' : 'importing');
  const { plan, edited, before } = await stack.environment(name).worlds.import(instance, content, { ...options, preview }, context.signal);
  step.done(plan.done ? 'done before' : `${plan.counts.added} entities`);
  const waited = edited?.changed ? `\nwrites waited ${duration(edited.pauseMs)}; the world before is ${before}` : '';
  return { result: { ...plan, ...(edited === undefined ? {} : { edited, before }) }, text: `${planText(plan)}${waited}`, failed: !plan.fits };
}

function readOptions({ key, onConflict, onDangling }: ImportFlags): ImportOptions {
  const oneOf = <T extends string>(flag: string, value: string | undefined, known: readonly T[]): T | undefined => {
    if (value === undefined || known.includes(value as T)) return value as T | undefined;
    throw new Fault('cli/flags', `${flag} must be one of ${known.join(', ')}`);
  };
  const [conflict, dangling] = [oneOf('--on-conflict', onConflict, ['refuse', 'keep', 'replace']), oneOf('--on-dangling', onDangling, ['refuse', 'zero'])];
  return { ...(key && { keys: key }), ...(conflict && { onConflict: conflict }), ...(dangling && { onDangling: dangling }) };
}

function planText({ done, fits, counts, rows, migrations, conflicts, cleared, file }: ImportPlan): string {
  if (done) return `file ${file} was imported before: nothing to do`;
  return [
    `${counts.added} entities are added, ${counts.kept} kept, ${counts.replaced} replaced${fits ? '' : '; BUT IT CONFLICTS, nothing is changed'}`,
    table(['component', 'rows'], Object.entries(rows)),
    ...migrations.map((step) => `migration ${step}`),
    ...(cleared > 0 ? [`${cleared} references to entities that were gone already become 0`] : []),
    ...conflicts.slice(0, 20).map((conflict) => `${conflict.kind}: ${describeConflict(conflict)}`),
    ...(conflicts.length > 20 ? [`… and ${conflicts.length - 20} more`] : []),
  ].join('\n');
}
