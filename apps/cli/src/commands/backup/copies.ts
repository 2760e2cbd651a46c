import type { StoreFailure } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../../command.ts';
import { bytes, table } from '../../format.ts';

/** `beamline backup create <environment>` */
export async function createBackupCommand(name: string, { snapshot = true }: { snapshot?: boolean }, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const step = progress.start('backup');
  const created = await stack.backup(name).create({ snapshot }, context.signal);
  step.done(bytes(created.bytes));
  const rows = created.snapshots.map(({ instance, ref, stores, failed }) => [instance, ref, stores.join(', '), failed.map(({ store }) => store).join(', ')]);
  const failures = [...created.failed, ...created.snapshots.flatMap(({ failed }) => failed)];
  return {
    result: created,
    text: [table(['instance', 'snapshot', 'in', 'failed'], rows), ...failureLines(failures), `state and releases in ${created.files.join(', ') || 'no store'}`].join('\n'),
    failed: !created.complete,
  };
}

/** `beamline backup list <environment>` */
export async function listBackups(name: string, { stack }: CommandRun): Promise<CommandResult> {
  const listed = await stack.backup(name).list();
  const rows = listed.snapshots.map(({ instance, slot, takenAt, drill = 'never', stores, ref }) =>
    [instance, slot, takenAt === 0 ? '' : new Date(takenAt).toISOString().slice(0, 19), drill, stores.join(', '), ref]);
  return {
    result: listed,
    text: [table(['instance', 'slot', 'taken (UTC)', 'drilled', 'in', 'snapshot'], rows), ...failureLines(listed.failed)].join('\n'),
    failed: listed.failed.length > 0,
  };
}

/** `beamline backup fetch <environment>` */
export async function fetchBackup(name: string, { snapshot }: { snapshot?: string }, { stack, context }: CommandRun): Promise<CommandResult> {
  const fetched = await stack.backup(name).fetch(snapshot === undefined ? {} : { refs: [snapshot] }, context.signal);
  return { result: { fetched }, text: fetched.length === 0 ? 'the stores have no snapshot' : fetched.join('\n'), failed: fetched.length === 0 };
}

/** Each once: several snapshots mostly fail for the same reason. */
const failureLines = (failures: readonly StoreFailure[]): string[] => [...new Set(failures.map(({ store, code, message }) => `${store}: ${code}: ${message}`))];
