import { isFault, type Clock, type FaultCode } from '@beamline/core';
import type { EnvironmentState, InstanceId } from '@beamline/deployer';
import type { Operator } from '@beamline/kernel/operator';
import { formatRef, takeSnapshot, type SnapshotReceipt, type SnapshotRef, type SnapshotStore } from '@beamline/persistence';
import type { Timeline } from '../timeline/timeline.ts';

export interface SnapshotTaken extends SnapshotReceipt {
  instance: InstanceId;
  ms: number;
}

export interface TakeSnapshotsOptions {
  operator: Operator;
  store: SnapshotStore;
  events: Timeline;
  clock: Clock;
  state: EnvironmentState;
  /** Which of them. */
  instances: readonly InstanceId[];
}

/** A parent like this is of no use any more; the snapshot is taken whole. */
const BAD_PARENT: readonly FaultCode[] = [
  'persistence/parent-mismatch', 'persistence/incomplete', 'persistence/missing', 'persistence/hash-mismatch', 'persistence/manifest-damaged', 'persistence/manifest-version',
];

/** One snapshot of each instance, incremental where the process has an earlier one. */
export async function takeSnapshots(options: TakeSnapshotsOptions, signal?: AbortSignal): Promise<readonly SnapshotTaken[]> {
  const taken: SnapshotTaken[] = [];
  for (const instance of options.instances) taken.push(await takeOne(options, instance, signal));
  return taken;
}

async function takeOne({ operator, store, events, clock, state }: TakeSnapshotsOptions, instance: InstanceId, signal?: AbortSignal): Promise<SnapshotTaken> {
  const { process, role } = state.instances[instance]!;
  const whole = { operator, store, clock, process, game: state.game, role };
  const parent = await newest(store, process);
  const receipt = await takeSnapshot(parent === undefined ? whole : { ...whole, parent }, signal).catch((error: unknown) => {
    if (parent === undefined || !BAD_PARENT.some((code) => isFault(error, code))) throw error;
    return takeSnapshot(whole, signal);
  });
  const { slot, ref, bytes, pages, pagesReused, ms } = receipt;
  events.publish({ kind: 'snapshot', instance, slot, ref: formatRef(ref), bytes, pages, pagesReused, ms });
  return { ...receipt, instance };
}

/** The store lists a process's snapshots in the order of their slots. */
async function newest(store: SnapshotStore, process: string): Promise<SnapshotRef | undefined> {
  let last: SnapshotRef | undefined;
  for await (const ref of store.list(process)) last = ref;
  return last;
}
