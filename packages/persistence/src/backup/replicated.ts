import { Fault, isFault } from '@beamline/core';
import { compareRefs, formatRef, type SnapshotRef } from '../snapshot-ref.ts';
import type { PageId, SnapshotStore } from '../snapshot-store.ts';

/** A store under the name that people know it by. */
export interface NamedStore {
  name: string;
  store: SnapshotStore;
}

export interface ReplicatedOptions {
  /** At least one, in the order in which they are read. */
  stores: readonly NamedStore[];
  /** How many must have taken a put for it to count. @default 'all' */
  write?: 'all' | number;
  /** A store failed where others did not; what it lacks now, `copySnapshot` or `verifyStores` brings. */
  onFault?: (store: string, fault: Fault) => void;
}

/**
 * Several stores as one. Puts go to all at once and resolve when all have answered and enough have succeeded; reads come
 * from the first store with a good copy. A store that failed to take pages gets no manifest that needs them: stores check
 * `contents`; those that cannot are left out from their first failure on. It has no `collect`: each store is collected alone.
 * @throws Fault `persistence/write-failed` when fewer than `write` succeeded, retryable if a failure was; reads throw what
 * is wrong with the copies, `persistence/missing` only if it is missing everywhere
 */
export function replicated({ stores, write = 'all', onFault = () => undefined }: ReplicatedOptions): SnapshotStore {
  const needed = write === 'all' ? stores.length : write;
  if (stores.length === 0 || !Number.isInteger(needed) || needed < 1 || needed > stores.length) {
    throw new Fault('persistence/bad-policy', `write: ${write} of ${stores.length} stores cannot be`, { hint: 'Name at least one store, and as many as must succeed at most.' });
  }
  /** Stores that missed pages and have no way to notice. */
  const behind = new Set<string>();

  async function toAll<T>(what: string, work: (store: SnapshotStore, name: string) => Promise<T>, enough = needed): Promise<T> {
    const outcomes = await Promise.allSettled(stores.map(async ({ name, store }) => work(store, name)));
    const failures = outcomes.flatMap((outcome, n) => (outcome.status === 'rejected' ? [{ ...stores[n]!, fault: asFault(outcome.reason) }] : []));
    for (const { name, store, fault } of failures) {
      onFault(name, fault);
      if (store.absent === undefined) behind.add(name);
    }
    const done = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    if (done.length >= enough) return done[0]!;
    throw notEnough(what, enough, failures);
  }

  async function fromFirst<T>(what: string, read: (store: SnapshotStore) => Promise<T>): Promise<T> {
    const failures: { name: string; fault: Fault }[] = [];
    for (const { name, store } of stores) {
      try {
        return await read(store);
      } catch (error) {
        failures.push({ name, fault: asFault(error) });
      }
    }
    throw nowhere(what, failures);
  }

  return {
    kind: stores.map(({ name }) => name).join('+'),

    putPages: (pages) => toAll(`${pages.length} pages`, (store, name) => {
      if (behind.has(name)) throw leftOut(name);
      return store.putPages(pages);
    }),

    putManifest(ref, body, contents) {
      const ids = contents === undefined ? undefined : [...contents];
      return toAll(`manifest ${formatRef(ref)}`, (store, name) => {
        if (behind.has(name)) throw leftOut(name);
        return store.putManifest(ref, body, ids);
      });
    },

    getPage: (id) => fromFirst(`page ${id}`, (store) => store.getPage(id)),
    getManifest: (ref) => fromFirst(`manifest ${formatRef(ref)}`, (store) => store.getManifest(ref)),

    async *list(process) {
      const found = new Map<string, SnapshotRef>();
      const failures: { name: string; fault: Fault }[] = [];
      for (const { name, store } of stores) {
        try {
          for await (const ref of store.list(process)) found.set(formatRef(ref), ref);
        } catch (error) {
          if (isFault(error, 'persistence/bad-ref')) throw error;
          const fault = asFault(error);
          failures.push({ name, fault });
          onFault(name, fault);
        }
      }
      if (failures.length === stores.length) throw nowhere('the list of snapshots', failures);
      yield* [...found.values()].sort(compareRefs);
    },

    async delete(refs) {
      await toAll(`the deletion of ${refs.length} snapshots`, async (store) => (store.permanent === true ? undefined : store.delete(refs)), stores.length);
    },

    async absent(ids) {
      let lacking: readonly PageId[] = [...ids];
      for (const { store } of stores) if (lacking.length > 0) lacking = await absentFrom(store, lacking);
      return lacking;
    },
  };
}

/** `absent`, by reading where the store has none. */
export async function absentFrom(store: SnapshotStore, ids: Iterable<PageId>): Promise<readonly PageId[]> {
  if (store.absent !== undefined) return store.absent(ids);
  const lacking: PageId[] = [];
  for (const id of ids) {
    await store.getPage(id).catch((error: unknown) => {
      if (!isFault(error)) throw error;
      lacking.push(id);
    });
  }
  return lacking;
}

function asFault(error: unknown): Fault {
  if (isFault(error)) return error;
  throw error; // a bug, not a store that fails
}

function leftOut(name: string): Fault {
  return new Fault('persistence/write-failed', `${name} missed pages before and is left out`, { hint: 'Mend it: beamline backup verify --repair.' });
}

function notEnough(what: string, enough: number, failures: readonly { name: string; fault: Fault }[]): Fault {
  const [only] = failures;
  const incomplete = failures.every(({ fault }) => fault.code === 'persistence/incomplete');
  const refused = failures.every(({ fault }) => fault.code === 'persistence/hash-mismatch' || fault.code === 'persistence/bad-ref');
  return new Fault(incomplete || refused ? only!.fault.code : 'persistence/write-failed',
    `${what}: fewer than ${enough} stores took it: ${failures.map(({ name, fault }) => `${name}: ${fault.message}`).join('; ')}`, {
      hint: only?.fault.hint ?? 'Look at the stores named here, then repeat.',
      retryable: failures.some(({ fault }) => fault.retryable),
      details: { failed: failures.map(({ name }) => name).join(', ') },
      cause: only?.fault,
    });
}

function nowhere(what: string, failures: readonly { name: string; fault: Fault }[]): Fault {
  const worst = failures.find(({ fault }) => fault.code !== 'persistence/missing') ?? failures[0]!;
  return new Fault(worst.fault.code, `${what} is in no store whole: ${failures.map(({ name, fault }) => `${name}: ${fault.message}`).join('; ')}`, {
    ...(worst.fault.hint !== undefined && { hint: worst.fault.hint }),
    retryable: failures.some(({ fault }) => fault.retryable),
    details: worst.fault.details,
    cause: worst.fault,
  });
}
