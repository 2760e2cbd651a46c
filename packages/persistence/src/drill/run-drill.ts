import { Fault, isFault, type AoNetwork, type Assignment, type Clock, type ProcessId, type Slot } from '@beamline/core';
import type { Operator } from '@beamline/kernel/operator';
import { imageRoot } from '../image-root.ts';
import { imageOf } from '../read-image.ts';
import { readManifest } from '../read-manifest.ts';
import { receiveImage } from '../receive-tables.ts';
import { readHistory, type OwnerHistory } from '../recovery/owner-history.ts';
import { openOfflineProcess, type OfflineProcess } from '../recovery/offline-process.ts';
import type { ReplicaOptions } from '../recovery/replica.ts';
import { replayTail } from '../recovery/replay-tail.ts';
import { restoreImage } from '../restore-image.ts';
import { formatRef, type SnapshotRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import type { WorldImage } from '../world-image.ts';
import type { DrillReport } from './drill-report.ts';

/** Where a drill restores to. The process is in standby, empty, and nobody else's. */
export type DrillSite = Pick<OfflineProcess, 'process' | 'operator' | 'image' | 'close'>;

export interface RunDrillOptions {
  network: Pick<AoNetwork, 'schedule'>;
  /** Signs as the owner of the running process; takes one snapshot of it, to compare. */
  operator: Pick<Operator, 'snapshot'>;
  store: SnapshotStore;
  /** Its name in the report. @default none */
  storeName?: string;
  clock: Clock;
  /** Which snapshot; its process runs. */
  ref: SnapshotRef;
  /** The bundle that the process runs. */
  bundle: ReplicaOptions;
  /** Makes the throw-away process. @default off the network, in a VM */
  site?: (genesis: Assignment, signal?: AbortSignal) => Promise<DrillSite>;
}

/**
 * Restores a snapshot into a throw-away process, replays what the running process received since, and compares the two
 * roots. The running process is not disturbed. That the snapshot is damaged, or brings back another world, is a result:
 * `outcome: 'bad'`.
 * @throws Fault `persistence/no-drill` where there is nothing to compare: the process is no longer active, or its state
 * came from elsewhere after the snapshot; the network's and the operator's when the running process cannot be read.
 */
export async function runDrill(
  { network, operator, store, storeName, clock, ref, bundle, site }: RunDrillOptions, signal?: AbortSignal,
): Promise<DrillReport> {
  const { process } = ref;
  const running = await stateOf(operator, process, signal);
  const { genesis, history } = await beginning(network, process, running.slot, signal);
  if (genesis === undefined || history.settledAt > ref.slot) throw noDrill(ref, 'its state came from elsewhere after that slot');

  const facts = { version: 1 as const, ref: formatRef(ref), ...(storeName !== undefined && { store: storeName }), process, slot: ref.slot, upTo: running.slot, replayed: 0, loadMs: 0, replayMs: 0, recoveryMs: 0 };
  const beganAt = clock.now();
  let target: DrillSite | undefined;
  try {
    target = await (site ?? ((from) => openOfflineProcess({ genesis: from, clock, ...bundle })))(genesis, signal);
    const openedAt = clock.now();
    const image = await trusted(store, ref);
    await restoreImage({ operator: target.operator, image, process: target.process }, signal);
    facts.loadMs = clock.now() - openedAt;

    const restoredAt = clock.now();
    const tail = await replayTail({ network: until(network, running.slot), operator: target.operator, from: process, to: target.process, after: ref.slot, history }, signal);
    facts.replayMs = clock.now() - restoredAt;
    facts.replayed = tail.replayed;
    facts.recoveryMs = clock.now() - beganAt;

    const world = await target.image(signal);
    const root = imageRoot(world);
    if (root !== imageRoot(running.image)) throw differs(ref, running, world);
    return { ...facts, at: clock.now(), root, outcome: 'good' };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isFault(error) || !isVerdict(error)) throw error;
    return { ...facts, at: clock.now(), outcome: 'bad', code: error.code, message: error.message };
  } finally {
    await target?.close();
  }
}

/** Faults that are the snapshot's, not the moment's: what may go better next time is no verdict. */
function isVerdict({ code, retryable }: Fault): boolean {
  return !retryable && /^(persistence|kernel|ecs)\//.test(code);
}

interface RunningState {
  slot: Slot;
  image: WorldImage;
}

async function stateOf(operator: Pick<Operator, 'snapshot'>, process: ProcessId, signal?: AbortSignal): Promise<RunningState> {
  const { index, pages } = await operator.snapshot(process, {}, signal);
  if (index.phase !== 'active') throw noDrill({ process, slot: index.slot }, `it is ${index.phase}`);
  return { slot: index.slot, image: await receiveImage(index, pages(signal)) };
}

/** All pages against the root, whatever the store says of them: a drill believes nobody. */
async function trusted(store: SnapshotStore, ref: SnapshotRef): Promise<WorldImage> {
  const manifest = await readManifest(store, ref);
  const { root } = manifest;
  const image = await imageOf(store, manifest);
  const actual = imageRoot(image);
  if (actual === root) return image;
  throw new Fault('persistence/hash-mismatch', `${formatRef(ref)} claims root ${root}, its pages have ${actual}`);
}

function until(network: Pick<AoNetwork, 'schedule'>, to: Slot): Pick<AoNetwork, 'schedule'> {
  return { schedule: (process, range, signal) => ((range?.from ?? 0) > to ? nothing() : network.schedule(process, { ...range, to }, signal)) };
}

async function* nothing(): AsyncIterable<Assignment> { /* The schedule ends here. */ }

function differs(ref: SnapshotRef, running: RunningState, world: WorldImage): Fault {
  const rootOf = (image: WorldImage, name: string) => imageRoot({ ...image, tables: image.tables.filter((table) => table.name === name) });
  const names = new Set([...running.image.tables, ...world.tables].map(({ name }) => name));
  const tables = [...names].filter((name) => rootOf(running.image, name) !== rootOf(world, name));
  return new Fault('persistence/drill-differs', `${formatRef(ref)} and the messages after it give another world than the process has at slot ${running.slot}: ${tables.join(', ')}`, {
    hint: 'Take a full snapshot and drill that one. If it differs too, the bundle or the schedule is not the one that the process runs.',
    details: { process: ref.process, slot: running.slot },
  });
}

function noDrill({ process, slot }: Pick<SnapshotRef, 'process' | 'slot'>, why: string): Fault {
  return new Fault('persistence/no-drill', `the snapshot of slot ${slot} of ${process} cannot be compared with the process: ${why}`, {
    hint: 'Take a new snapshot of the process that serves now, and drill that one.',
    details: { process, slot },
  });
}

async function beginning(
  network: Pick<AoNetwork, 'schedule'>, process: ProcessId, to: Slot, signal?: AbortSignal,
): Promise<{ genesis: Assignment | undefined; history: OwnerHistory }> {
  const reading = readHistory();
  let genesis: Assignment | undefined;
  for await (const assignment of network.schedule(process, { to }, signal)) {
    genesis ??= assignment;
    reading.add(assignment);
  }
  return { genesis, history: reading.history() };
}
