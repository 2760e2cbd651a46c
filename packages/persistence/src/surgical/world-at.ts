import { Fault, isFault } from '@beamline/core';
import type { AoMap, AoNetwork, Assignment, Clock, FaultCode, ProcessId, Slot } from '@beamline/core';
import { readImage } from '../read-image.ts';
import { openOfflineProcess } from '../recovery/offline-process.ts';
import { readHistory, type OwnerHistory } from '../recovery/owner-history.ts';
import { createReplica, type ReplicaOptions } from '../recovery/replica.ts';
import { replayTail } from '../recovery/replay-tail.ts';
import { restoreImage } from '../restore-image.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import type { WorldImage } from '../world-image.ts';

export interface WorldAtOptions {
  network: Pick<AoNetwork, 'schedule'>;
  store: SnapshotStore;
  clock: Clock;
  process: ProcessId;
  /** After this slot. */
  slot: Slot;
  /** The bundle that the process was spawned with. */
  bundle: ReplicaOptions;
}

export interface WorldThen {
  image: WorldImage;
  /** The snapshot it began with; absent when the schedule was replayed from slot 0. */
  ref?: SnapshotRef;
  /** Slots computed again. */
  replayed: number;
}

/** A snapshot with one of these is passed over. */
const UNUSABLE = new Set<FaultCode>([
  'persistence/hash-mismatch', 'persistence/missing', 'persistence/manifest-damaged', 'persistence/manifest-version', 'persistence/layout-mismatch',
]);

/**
 * A process's world as it was after a slot, computed off the network: the newest usable snapshot up to there and the
 * messages after it; the whole schedule where no snapshot serves, the process stood at a fence then, or its code was
 * replaced in place.
 * @throws Fault `persistence/no-schedule` when the process had not come that far; `persistence/replica-failed`; the
 * store's and the network's.
 */
export async function worldAt({ network, store, clock, process, slot, bundle }: WorldAtOptions, signal?: AbortSignal): Promise<WorldThen> {
  const { genesis, history, onlyExact, last } = await lookBack(network, process, slot, signal);
  if (genesis === undefined || last < slot) {
    throw new Fault('persistence/no-schedule', `process ${process} has no slot ${slot}: its schedule ends at ${last}`, { hint: 'Name an earlier slot, or the process that served before or after.' });
  }
  const refs: SnapshotRef[] = [];
  for await (const ref of store.list(process)) if (ref.slot <= slot && ref.slot >= history.settledAt) refs.unshift(ref);
  for (const ref of onlyExact ? refs.filter((one) => one.slot === slot) : refs) {
    try {
      const image = await readImage(store, ref);
      if (ref.slot === slot) return { image, ref, replayed: 0 };
      return { image: { ...await replayed({ network, clock, process, slot, bundle, genesis, history, image }, signal), slot }, ref, replayed: slot - ref.slot };
    } catch (error) {
      if (!isFault(error) || !UNUSABLE.has(error.code)) throw error;
    }
  }
  const replica = createReplica(bundle);
  try {
    await replica.apply(network.schedule(process, { from: 0, to: slot }, signal));
    return { image: await replica.image(), replayed: slot + 1 };
  } finally {
    await replica.close();
  }
}

interface Replaying extends Omit<WorldAtOptions, 'store'> {
  genesis: Assignment;
  history: OwnerHistory;
  image: WorldImage;
}

async function replayed({ network, clock, process, slot, bundle, genesis, history, image }: Replaying, signal?: AbortSignal): Promise<WorldImage> {
  const copy = await openOfflineProcess({ genesis, clock, ...bundle });
  try {
    await restoreImage({ operator: copy.operator, image, process: copy.process }, signal);
    const bounded: Pick<AoNetwork, 'schedule'> = {
      schedule: (id, range = {}, aborted) => ((range.from ?? 0) > slot ? nothing() : network.schedule(id, { ...range, to: slot }, aborted)),
    };
    await replayTail({ network: bounded, operator: copy.operator, from: process, to: copy.process, after: image.slot, history }, signal);
    return await copy.image(signal);
  } finally {
    await copy.close();
  }
}

/** Operations after which messages wait, until one that settles the world again. */
const STILLING = new Set(['Freeze', 'Hand-Over', 'Retire'].map((name) => `Beamline.${name}`));

/**
 * `onlyExact`: messages after a snapshot do not tell the state, since some waited at a fence, or other code than the
 * bundle's may have applied them.
 */
async function lookBack(network: Pick<AoNetwork, 'schedule'>, process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<{
  genesis: Assignment | undefined; history: OwnerHistory; onlyExact: boolean; last: Slot;
}> {
  const reading = readHistory();
  let genesis: Assignment | undefined;
  let [isStill, isUpgraded] = [false, false];
  let last: Slot = -1;
  for await (const assignment of network.schedule(process, { from: 0, to: slot }, signal)) {
    genesis ??= assignment;
    reading.add(assignment);
    last = assignment.slot;
    if (assignment.committer !== genesis.committer) continue;
    const action = String((assignment.req['body'] as AoMap)['action']);
    if (STILLING.has(action)) isStill = true;
    else if (reading.history().settledAt === assignment.slot) isStill = false;
    if (action === 'Beamline.Upgrade-Commit') isUpgraded = true;
  }
  return { genesis, history: reading.history(), onlyExact: isStill || isUpgraded, last };
}

async function* nothing(): AsyncIterable<Assignment> { /* The schedule ends here. */ }
