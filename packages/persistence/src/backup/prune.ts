import { isFault } from '@beamline/core';
import { atOnce } from '../at-once.ts';
import { readStoredManifest } from '../read-manifest.ts';
import { formatRef, type SnapshotRef } from '../snapshot-ref.ts';
import { contentsOf } from '../snapshot-contents.ts';
import type { Collected } from '../collect/collect.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import { retain, type RetainedSnapshot, type Retention, type RetentionPolicy } from './retain.ts';

export interface PruneOptions {
  store: SnapshotStore;
  policy: RetentionPolicy;
  /** Now, in ms. */
  now: number;
  /** @default every process is a series of its own */
  seriesOf?: (ref: SnapshotRef) => string;
  /** Snapshots that stay whatever the policy says, such as one a deployment would go back to. */
  pinned?: readonly SnapshotRef[];
  /** Says what would go and deletes nothing. @default false */
  dryRun?: boolean;
  /** Of the collection that follows. @default an hour */
  graceMs?: number;
}

export interface Pruned extends Retention {
  /** Absent on a dry run, and for a store that does not collect or cannot delete. */
  collected?: Collected;
}

/** Deletes what the policy does not keep, then collects the pages that nothing needs any more. Safe to repeat. */
export async function prune({ store, policy, now, seriesOf, pinned = [], dryRun = false, graceMs }: PruneOptions, signal?: AbortSignal): Promise<Pruned> {
  const refs: SnapshotRef[] = [];
  for await (const ref of store.list()) refs.push(ref);
  const snapshots = await atOnce(refs, 16, async (ref): Promise<RetainedSnapshot> => {
    signal?.throwIfAborted();
    return { ref, ...await dated(store, ref), ...(seriesOf && { series: seriesOf(ref) }) };
  });
  const stay = new Set(pinned.map(formatRef));
  // Nothing goes from a store that cannot delete: the policy is one for the others.
  if (store.permanent === true) return { ...retain(snapshots, {}, now), keep: snapshots, drop: [] };
  const decided = retain(snapshots, policy, now);
  const drop = decided.drop.filter(({ ref }) => !stay.has(formatRef(ref)));
  const going = new Set(drop);
  const keep = snapshots.filter((one) => !going.has(one));
  const pruned = { ...decided, keep, drop };
  if (dryRun) return pruned;
  await store.delete(drop.map(({ ref }) => ref));
  if (store.collect === undefined) return pruned;
  const collected = await store.collect({ contentsOf: (ref) => needs(store, ref), now, ...(graceMs !== undefined && { graceMs }) }, signal);
  return { ...pruned, collected };
}

/** Everything a snapshot needs, as collections ask for it. */
export async function needs(store: SnapshotStore, ref: SnapshotRef): Promise<string[]> {
  const { pages, blocks } = await contentsOf(store, ref);
  return [...blocks, ...pages];
}

async function dated(store: SnapshotStore, ref: SnapshotRef): Promise<Pick<RetainedSnapshot, 'takenAt' | 'valid'>> {
  try {
    return { takenAt: (await readStoredManifest(store, ref)).takenAt };
  } catch (error) {
    // What cannot be read now may be readable tomorrow, or from another store: it is not for a rule to drop it.
    if (isFault(error) && !error.retryable) return { takenAt: undefined, valid: false };
    throw error;
  }
}
