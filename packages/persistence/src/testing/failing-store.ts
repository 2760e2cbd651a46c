import { Fault } from '@beamline/core';
import type { SnapshotStore } from '../snapshot-store.ts';

export interface FailingStore extends SnapshotStore {
  /** Calls begun so far, the failed one included. */
  operations(): number;
}

/** A store whose n-th call (counted from 1) and all later ones fail; a failing `putPages` has kept half of its pages. */
export function failingStore(store: SnapshotStore, failAt: number): FailingStore {
  let count = 0;
  const alive = () => {
    count += 1;
    return count < failAt;
  };
  const broken = (what: 'write' | 'read') =>
    new Fault(`persistence/${what}-failed`, `${store.kind}: the store is gone`, { retryable: true });

  return {
    kind: store.kind,
    operations: () => count,
    async putPages(pages) {
      if (alive()) return store.putPages(pages);
      if (count === failAt) await store.putPages(pages.slice(0, pages.length >> 1));
      throw broken('write');
    },
    async getPage(id) {
      if (alive()) return store.getPage(id);
      throw broken('read');
    },
    async putManifest(ref, body, contents) {
      if (alive()) return store.putManifest(ref, body, contents);
      throw broken('write');
    },
    async getManifest(ref) {
      if (alive()) return store.getManifest(ref);
      throw broken('read');
    },
    async *list(process) {
      if (!alive()) throw broken('read');
      yield* store.list(process);
    },
    async delete(refs) {
      if (!alive()) throw broken('write');
      return store.delete(refs);
    },
    ...(store.readPages && {
      async readPages(ids, visit, signal) {
        if (alive()) return store.readPages!(ids, visit, signal);
        throw broken('read');
      },
    }),
    ...(store.absent && {
      async absent(ids) {
        if (!alive()) throw broken('read');
        return store.absent!(ids);
      },
    }),
    ...(store.collect && {
      async collect(options, signal) {
        if (!alive()) throw broken('write');
        return store.collect!(options, signal);
      },
    }),
  };
}
