import { randomUUID } from 'node:crypto';
import { Fault } from '@beamline/core';
import { assertNamed } from '../named-page.ts';
import { assertSha256, hashMismatch, incomplete, missing, sha256Hex } from '../sha256.ts';
import { compareRefs, formatRef, type SnapshotRef } from '../snapshot-ref.ts';
import type { PageId, SnapshotStore } from '../snapshot-store.ts';
import { segmented, type PackedPage, type UnpackedPage } from '../stores/segmented-page.ts';
import { collectPacks } from '../collect/collect-packs.ts';
import type { Bucket } from './bucket.ts';
import { createPackShelf } from './pack-shelf.ts';

/** Folders of manifests, and of those who are about to write one (collect-packs.ts). */
export const MANIFESTS = 'manifests/';
export const WRITERS = 'writers/';

// `manifests/<process>/<slot, 16 digits>-<sha256>.manifest`, as in the fs store.
const MANIFEST = /^manifests\/([A-Za-z0-9_-]+)\/(\d{16})-([0-9a-f]{64})\.manifest$/;
const PROCESS = /^[A-Za-z0-9_-]+$/;

/** @throws Fault `persistence/bad-ref` for the id of a process that could lead elsewhere */
export function manifestName({ process, slot, sha256 }: SnapshotRef): string {
  return `${MANIFESTS}${PROCESS.test(process) ? process : refuse(process)}/${String(slot).padStart(16, '0')}-${sha256}.manifest`;
}

/**
 * A snapshot store over any bucket: pages in packs, objects named and laid out as the fs store does. What is present is
 * told by the packs' indexes and sizes; a copy that a read found damaged no longer counts, and is put again. Every
 * manifest is read back before it is acknowledged. Reading a page unpacks its neighbours; up to 16 MB of them stay in memory.
 */
export function createBucketStore(bucket: Bucket): SnapshotStore {
  const { kind } = bucket;
  const shelf = createPackShelf(bucket);
  let looked = false;
  /** What the last manifest needed, all of it here as of that many losses. */
  let held: { ids: readonly PageId[]; losses: number } = { ids: [], losses: -1 };
  /** What was found wrong, for as long as no good copy turns up. */
  const damaged = new Map<PageId, Fault>();

  /** The first good copy, or what is wrong. */
  async function find(id: PageId): Promise<Uint8Array | Fault> {
    for await (const { pack, page } of shelf.copies(id)) {
      const wrong = check(kind, id, page);
      if (wrong === undefined) return (page as UnpackedPage).bytes;
      shelf.distrust(id, pack);
      damaged.set(id, wrong);
    }
    return damaged.get(id) ?? missing(`${kind}: page ${id}`);
  }

  async function assertHeld(ref: SnapshotRef, contents: Iterable<PageId>): Promise<void> {
    await shelf.refresh([]);
    const ids = [...contents];
    // Snapshots of one world mostly need the same pages in the same places.
    const before = held.losses === shelf.losses() ? held.ids : [];
    const lacking = ids.filter((id, n) => id !== before[n] && !shelf.holds(id));
    if (lacking.length > 0) throw incomplete(kind, formatRef(ref), lacking);
    held = { ids, losses: shelf.losses() };
  }

  async function* refs(process?: string): AsyncIterable<SnapshotRef> {
    if (process !== undefined && !PROCESS.test(process)) refuse(process);
    const found: SnapshotRef[] = [];
    for await (const { name } of bucket.list(process === undefined ? MANIFESTS : `${MANIFESTS}${process}/`)) {
      const [, owner, slot, sha256] = MANIFEST.exec(name) ?? [];
      if (owner !== undefined && slot !== undefined && sha256 !== undefined) found.push({ process: owner, slot: Number(slot), sha256 });
    }
    yield* found.sort(compareRefs);
  }

  const store: SnapshotStore = {
    kind,

    async putPages(pages) {
      for (const page of pages) assertNamed(kind, page);
      await shelf.refresh(pages.map(({ id }) => id));
      looked = true;
      const added = new Map<string, PackedPage>();
      for (const page of pages) {
        if (!added.has(page.id) && !shelf.holds(page.id)) added.set(page.id, segmented(page));
      }
      return { pages: added.size, bytes: await shelf.write([...added.values()]) };
    },

    async getPage(id) {
      if (!looked) await shelf.refresh();
      looked = true;
      const page = await find(id);
      if (page instanceof Uint8Array) return page;
      await shelf.refresh();
      const again = await find(id);
      if (again instanceof Uint8Array) return again;
      const unreadable = shelf.packs().find(({ index }) => index === undefined);
      if (again.code !== 'persistence/missing' || unreadable === undefined) throw again;
      throw hashMismatch(`${kind}: page ${id}`, `is in no readable pack, and the index of ${unreadable.name} is damaged`);
    },

    async readPages(ids, visit, signal) {
      if (!looked) await shelf.refresh();
      looked = true;
      const left = new Set(ids.keys());
      await shelf.readMany(ids, (n, page) => {
        if (check(kind, ids[n]!, page) !== undefined) return;
        visit(n, page.bytes);
        left.delete(n);
      }, signal);
      return [...left];
    },

    /*
     *   writer    ├ announce ┬ look at marks, packs ┬ put manifest ┬ read it back ┬ still announced? ┬ withdraw
     *   collector ├ mark packs ┬ look at announcements: any? come back later ┬ look at manifests ┬ save what lives ┬ remove
     *
     * Each raises its flag before it looks for the other's: a writer the collector did not see has seen the marks.
     */
    async putManifest(ref, body, contents) {
      assertSha256(`${kind}: manifest ${formatRef(ref)}`, ref.sha256, body);
      const name = manifestName(ref);
      const writer = `${WRITERS}${randomUUID()}`;
      if (contents !== undefined) await bucket.put(writer, new TextEncoder().encode(formatRef(ref)), { fleeting: true });
      try {
        if (contents !== undefined) await assertHeld(ref, contents);
        await bucket.put(name, body);
        const stored = await bucket.get(name);
        if (stored === undefined || Buffer.compare(stored, body) !== 0) throw untrue(kind, ref);
        if (contents !== undefined && (await bucket.get(writer)) === undefined) {
          // It took so long that a collector gave us up: what it removed meanwhile it may have removed from under us.
          await assertHeld(ref, contents).catch(async (error: unknown) => {
            await bucket.remove([name]);
            throw error;
          });
        }
        return body.length;
      } finally {
        if (contents !== undefined) await bucket.remove([writer], { fleeting: true }).catch(() => undefined);
      }
    },

    async getManifest(ref) {
      const body = await bucket.get(manifestName(ref));
      if (body === undefined) throw missing(`${kind}: manifest ${formatRef(ref)}`);
      assertSha256(`${kind}: manifest ${formatRef(ref)}`, ref.sha256, body);
      return body;
    },

    list: refs,

    async delete(gone) {
      await bucket.remove(gone.map(manifestName));
    },

    async absent(ids) {
      await shelf.refresh();
      looked = true;
      return [...ids].filter((id) => !shelf.holds(id));
    },

    collect: (options, signal) => collectPacks({ ...options, bucket, shelf, list: refs, check: (id, copy) => check(kind, id, copy) }, signal),
  };
  return store;
}

function refuse(process: string): never {
  throw new Fault('persistence/bad-ref', `${JSON.stringify(process)} is not the id of a process`, {
    hint: 'Process ids hold letters, digits, - and _ only.',
  });
}

function untrue(kind: string, ref: SnapshotRef): Fault {
  return new Fault('persistence/write-failed', `${kind}: manifest ${formatRef(ref)} was acknowledged and is not there as written`, {
    hint: 'The store does not keep its promises: look at it before you trust it with more, then repeat.',
    retryable: true,
  });
}

/** What is wrong with a copy, if anything. */
function check(kind: string, id: PageId, copy: UnpackedPage | Error): Fault | undefined {
  if (copy instanceof Error) return hashMismatch(`${kind}: page ${id}`, `cannot be unpacked: ${copy.message}`, copy);
  const sha256 = copy.sha256 ?? sha256Hex(copy.bytes);
  return sha256 === id ? undefined : hashMismatch(`${kind}: page ${id}`, `should hash to ${id}, got ${sha256}`);
}
