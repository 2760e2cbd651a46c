import { isFault, type ProcessId } from '@beamline/core';
import { copySnapshot, type NamedStore, type SnapshotRef, type SnapshotStore } from '@beamline/persistence';
import type { StoreFailure } from './backup.ts';

export interface NewerCopied {
  bytes: number;
  /** Each snapshot looked at; with what went wrong, if anything. */
  copies: readonly { ref: SnapshotRef; failed?: StoreFailure }[];
}

/**
 * Brings to a store what is newer than the newest it has of each process: so what was pruned there does not come back. The
 * newest one is looked at even if it is there, as a copy may have lost pages since.
 */
export async function copyNewer(from: NamedStore, to: NamedStore, signal?: AbortSignal): Promise<NewerCopied> {
  const [here, there] = [await refsByProcess(from.store), await refsByProcess(to.store)];
  const copies: { ref: SnapshotRef; failed?: StoreFailure }[] = [];
  let bytes = 0;
  for (const [process, refs] of here) {
    const newest = there.get(process)?.at(-1)?.slot;
    const newer = newest === undefined ? [] : refs.filter(({ slot }) => slot > newest);
    for (const ref of newer.length > 0 ? newer : refs.slice(-1)) {
      try {
        bytes += (await copySnapshot({ ref, to, from: [from] }, signal)).bytes;
        copies.push({ ref });
      } catch (error) {
        copies.push({ ref, failed: storeFailure(to.name, error) });
      }
    }
  }
  return { bytes, copies };
}

/** Oldest first within each process. */
export async function refsByProcess(store: SnapshotStore): Promise<Map<ProcessId, SnapshotRef[]>> {
  const found = new Map<ProcessId, SnapshotRef[]>();
  for await (const ref of store.list()) {
    const others = found.get(ref.process);
    if (others === undefined) found.set(ref.process, [ref]);
    else others.push(ref);
  }
  return found;
}

/** Anything that is not a Fault is a bug and goes on. */
export function storeFailure(store: string, error: unknown): StoreFailure {
  if (!isFault(error)) throw error;
  return { store, code: error.code, message: error.message };
}
