import { Fault, isFault } from '@beamline/core';
import type { AoNetwork, Assignment, Clock, FaultCode, ProcessId, Slot } from '@beamline/core';
import type { Operator } from '@beamline/kernel/operator';
import { imageRoot } from '../image-root.ts';
import { readImage } from '../read-image.ts';
import { receiveImage } from '../receive-tables.ts';
import { restoreImage } from '../restore-image.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import { formatRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import { readHistory, type OwnerHistory } from './owner-history.ts';
import { createReplica, type Replica, type ReplicaOptions } from './replica.ts';
import { rememberSchedule } from './remembered-schedule.ts';
import { replayTail } from './replay-tail.ts';

export interface RecoverOptions {
  network: Pick<AoNetwork, 'schedule'>;
  /** Signs as the owner of both processes. */
  operator: Pick<Operator, 'snapshot' | 'restore' | 'health' | 'replay' | 'link' | 'activate'>;
  store: SnapshotStore;
  clock: Clock;
  /** The lost one: bricked, or behind for good. Its schedule must still be readable. */
  process: ProcessId;
  /** Spawns a process of the same role and release, in standby. Called once. */
  spawn: (signal?: AbortSignal) => Promise<ProcessId>;
  /** The bundle both run, for the replica that proves the result. */
  bundle: ReplicaOptions;
}

export interface RecoveryReport {
  process: ProcessId;
  /** Of the lost process: everything up to this slot is contained. */
  slot: Slot;
  /** The snapshot it began with; absent when none was of use and a replica gave the state to begin with. */
  ref?: SnapshotRef;
  /** Newer snapshots that were not usable, newest first, and why. */
  skipped: readonly { ref: SnapshotRef; code: FaultCode; message: string }[];
  /** Messages applied after the snapshot. */
  replayed: number;
  root: string;
  /** Whether a replica, fed the whole schedule of the lost process, has the same root. */
  rootsMatch: boolean;
  /** From the call to the activated process. */
  ms: number;
  /** To replay the whole schedule in the replica and compare. */
  verifyMs: number;
  /** For `replayTail`, once clients know the new process: what reached the lost one in between. */
  history: OwnerHistory;
}

/** A snapshot with one of these is passed over; anything else ends the recovery. */
const UNUSABLE = new Set<FaultCode>([
  'persistence/hash-mismatch', 'persistence/missing', 'persistence/manifest-damaged', 'persistence/manifest-version',
  'persistence/layout-mismatch',
]);

/**
 * Brings a lost process back as a fresh one: newest valid snapshot, then the schedule after it, then active; and proves
 * it by the root of a replica. Safe to repeat from the start with another fresh process.
 * @throws Fault `persistence/not-lost` for a process with a successor, `persistence/no-schedule`; the store's, the operator's and the network's.
 */
export async function recover(
  { network, operator, store, clock, process, spawn, bundle }: RecoverOptions, signal?: AbortSignal,
): Promise<RecoveryReport> {
  const startedAt = clock.now();
  await assertLost(operator, process, signal);
  const refs = (await collect(store.list(process))).reverse();
  const schedule = rememberSchedule(network, process, refs[0]?.slot ?? Infinity);
  const history = await historyOf(schedule.read(signal));
  const replica = createReplica(bundle);
  try {
    const fresh = await spawn(signal);
    const target = { operator, process: fresh };
    const stored = await restoreNewest(store, refs.filter(({ slot }) => slot >= history.settledAt), target, signal);
    const base = stored.slot ?? await restoreReplica(replica, network.schedule(process, { to: history.settledAt }, signal), history.settledAt, target, signal);
    const tail = await replayTail({ network: schedule, operator, from: process, to: fresh, after: base, history }, signal);
    await operator.activate(fresh, { acceptFrom: history.acceptFrom }, signal);
    const activatedAt = clock.now();

    const root = await rootOfProcess(operator, fresh, signal);
    await replica.apply(network.schedule(process, { from: replica.slot() + 1, to: tail.slot }, signal));
    // What waited at a fence was replayed here like any other message.
    await replica.thaw();
    const expected = imageRoot(await replica.image());
    return {
      process: fresh, slot: tail.slot, skipped: stored.skipped, replayed: tail.replayed, root, rootsMatch: root === expected,
      ms: activatedAt - startedAt, verifyMs: clock.now() - activatedAt, history,
      ...(stored.ref === undefined ? {} : { ref: stored.ref }),
    };
  } finally {
    await replica.close();
  }
}

/** Whoever has a successor, or was never active, has nothing to bring back: a second active copy would split the world. */
async function assertLost(operator: Pick<Operator, 'health'>, process: ProcessId, signal?: AbortSignal): Promise<void> {
  const health = await operator.health(process, signal);
  if (health === undefined || health.phase === 'active' || health.phase === 'frozen') return;
  const { phase, successor } = health;
  throw new Fault('persistence/not-lost', `process ${process} is ${phase}${successor === undefined ? '' : `; its successor is ${successor}`}`, {
    hint: successor === undefined ? 'Deploy a fresh process instead.' : 'Recover the successor instead.',
    details: { process, phase },
  });
}

async function historyOf(schedule: AsyncIterable<Assignment>): Promise<OwnerHistory> {
  const reading = readHistory();
  for await (const assignment of schedule) reading.add(assignment);
  return reading.history();
}

interface Target {
  operator: RecoverOptions['operator'];
  process: ProcessId;
}

async function restoreNewest(
  store: SnapshotStore, refs: readonly SnapshotRef[], target: Target, signal?: AbortSignal,
): Promise<{ slot?: Slot; ref?: SnapshotRef; skipped: RecoveryReport['skipped'] }> {
  const skipped: { ref: SnapshotRef; code: FaultCode; message: string }[] = [];
  for (const ref of refs) {
    try {
      await restoreImage({ ...target, image: await readImage(store, ref) }, signal);
      return { slot: ref.slot, ref, skipped };
    } catch (error) {
      if (!isFault(error) || !UNUSABLE.has(error.code)) throw error;
      skipped.push({ ref, code: error.code, message: `${formatRef(ref)}: ${error.message}` });
    }
  }
  return { skipped };
}

/** Without a snapshot: the state at the last point that replaying messages one by one cannot reach. */
async function restoreReplica(
  replica: Replica, schedule: AsyncIterable<Assignment>, settledAt: Slot, target: Target, signal?: AbortSignal,
): Promise<Slot> {
  if (await replica.apply(schedule) < 0) {
    throw new Fault('persistence/no-schedule', 'the process has no snapshot and no schedule to replay', {
      hint: 'Check the id of the process and that the node is the one that scheduled it.',
    });
  }
  await restoreImage({ ...target, image: await replica.image() }, signal);
  return settledAt;
}

async function rootOfProcess(operator: Pick<Operator, 'snapshot'>, process: ProcessId, signal?: AbortSignal): Promise<string> {
  const reply = await operator.snapshot(process, {}, signal);
  return imageRoot(await receiveImage(reply.index, reply.pages(signal)));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
