import { Fault, isFault } from '@beamline/core';
import { formatRef, type SnapshotRef } from '../snapshot-ref.ts';
import type { PageId } from '../snapshot-store.ts';
import type { CollectOptions } from './collect.ts';

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
    for await (const ref of list()) {
      try {
        for (const id of await contents(ref)) live.add(id);
      } catch (cause) {
        if (isFault(cause, 'persistence/missing') && !(await listed(list, ref))) continue; // deleted since
        throw unsafe(ref, cause);
      }
    }
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
