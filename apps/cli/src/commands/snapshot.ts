import { formatRef } from '@beamline/stack';
import type { CommandResult, CommandRun } from '../command.ts';
import { duration, table } from '../format.ts';

export interface SnapshotFlags {
  role?: string;
  instance?: string;
}

/** `beamline snapshot <environment>`: stores the state of running processes without stopping them. */
export async function snapshot(name: string, selection: SnapshotFlags, { stack, context, progress }: CommandRun): Promise<CommandResult> {
  const environment = stack.environment(name);
  const step = progress.start('snapshot');
  const stop = environment.events.subscribe((event) => { if (event.kind === 'snapshot') step.update(event.instance); });
  const taken = await environment.snapshot(selection, context.signal).finally(stop);
  step.done(`${taken.length} taken`);
  const snapshots = taken.map(({ ref, ...receipt }) => ({ ...receipt, ref: formatRef(ref) }));
  const rows = snapshots.map(({ instance, slot, bytes, pages, pagesReused, ms, ref }) => [instance, slot, bytes, pages, pagesReused, duration(ms), ref]);
  return { result: { environment: name, snapshots }, text: table(['instance', 'slot', 'bytes added', 'pages', 'reused', 'time', 'snapshot'], rows) };
}
