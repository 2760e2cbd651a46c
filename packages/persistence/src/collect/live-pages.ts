import { Fault, isFault } from '@beamline/core';
import { atOnce } from '../at-once.ts';
import { formatRef, type SnapshotRef } from '../snapshot-ref.ts';
import type { PageId } from '../snapshot-store.ts';
import type { CollectOptions } from './collect.ts';

/** Snapshots looked at at once. */
const READS = 16;

/**
 * Everything the listed snapshots need, asked once per snapshot however often it is looked for.
 * @throws Fault `persistence/collect-unsafe` when a listed snapshot doesn't say what it needs: then nothing may go.
 */
export function livePages(list: () => AsyncIterable<SnapshotRef>, contentsOf: CollectOptions['contentsOf']): () => Promise<ReadonlySet<PageId>> {
  const known = new Map<string, readonly PageId[]>();

  async function contents(ref: SnapshotRef): Promise<readonly PageId[]> {
    const name = formatRef(ref);
    let ids = known.get(name);
    if (ids === undefined) {
      ids = [...await contentsOf(ref)];
      known.set(name, ids);
    }
    return ids;
  }

  return async () => {
    const live = new Set<PageId>();
    const refs: SnapshotRef[] = [];
    for await (const ref of list()) refs.push(ref);
    await atOnce(refs, READS, async (ref) => {
      try {
        for (const id of await contents(ref)) live.add(id);
      } catch (cause) {
        // Deleted since: what it needed is no matter.
        if (!isFault(cause, 'persistence/missing') || (await listed(list, ref))) throw unsafe(ref, cause);
      }
    });
    return live;
  };
}

async function listed(list: () => AsyncIterable<SnapshotRef>, wanted: SnapshotRef): Promise<boolean> {
  for await (const ref of list()) if (formatRef(ref) === formatRef(wanted)) return true;
  return false;
}

function unsafe(ref: SnapshotRef, cause: unknown): Fault {
  return new Fault('persistence/collect-unsafe', `nothing was removed: what snapshot ${formatRef(ref)} needs is not known: ${cause instanceof Error ? cause.message : String(cause)}`, {
    hint: 'Mend it from another store (beamline backup verify --repair), or delete this snapshot.',
    retryable: isFault(cause) && cause.retryable,
    cause,
  });
}
