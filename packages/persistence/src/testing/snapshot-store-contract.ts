import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../sha256.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import type { Page, SnapshotStore } from '../snapshot-store.ts';

export interface StoreUnderTest {
  store: SnapshotStore;
  /** Removes whatever the store left behind. */
  dispose(): Promise<void>;
}

const PROCESS = 'p'.repeat(43);
const OTHER = 'q'.repeat(43);
const codeOf = (code: string): unknown => expect.objectContaining({ code });

/** A page with one u16 and one str column: enough to exercise a store that compresses by column. */
function page(seed: number, rows = 3): Page {
  const text = Buffer.from('x'.repeat(rows));
  const bytes = new Uint8Array(4 + rows * 2 + rows * 4 + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, rows, true);
  for (let row = 0; row < rows; row += 1) {
    view.setUint16(4 + row * 2, (seed * 31 + row) & 0xffff, true);
    view.setUint32(4 + rows * 2 + row * 4, 1, true);
  }
  bytes.set(text, 4 + rows * 6);
  return { id: sha256Hex(bytes), bytes, kinds: ['u16', 'str'] };
}

function manifest(process: string, slot: number, text = `slot ${slot}`): [SnapshotRef, Uint8Array] {
  const body = new TextEncoder().encode(text);
  return [{ process, slot, sha256: sha256Hex(body) }, body];
}

async function listed(store: SnapshotStore, process?: string): Promise<SnapshotRef[]> {
  const refs: SnapshotRef[] = [];
  for await (const ref of store.list(process)) refs.push(ref);
  return refs;
}

/** The contract every `SnapshotStore` must pass. Third-party stores call this from their own tests. */
export function describeSnapshotStore(kind: string, create: () => Promise<StoreUnderTest>): void {
  describe(`SnapshotStore contract: ${kind}`, () => {
    let subject: StoreUnderTest;
    let store: SnapshotStore;
    beforeEach(async () => {
      subject = await create();
      store = subject.store;
    });
    afterEach(() => subject.dispose());

    it('returns the pages it was given', async () => {
      const pages = [page(1), page(2, 1024), page(3, 0)];
      expect(await store.putPages(pages)).toMatchObject({ pages: 3 });
      for (const { id, bytes } of pages) expect(await store.getPage(id)).toEqual(bytes);
    });

    it('reads many pages at once, if it can, and says which it does not have', async () => {
      const pages = [page(1), page(2, 1024), page(3, 0), page(1)];
      await store.putPages(pages);
      const ids = [...pages.map(({ id }) => id), page(9).id];
      const read = new Map<number, Uint8Array>();
      const left = await store.readPages?.(ids, (n, bytes) => { read.set(n, bytes.slice()); });
      expect(left ?? [4]).toEqual([4]);
      for (const [n, bytes] of read) expect(bytes).toEqual(pages[n]!.bytes);
      expect(left === undefined ? 4 : read.size).toBe(4);
    });

    it('returns pages whose kinds do not describe them', async () => {
      const odd: Page = { ...page(4), kinds: ['i53', 'str', 'str'] };
      await store.putPages([odd]);
      expect(await store.getPage(odd.id)).toEqual(odd.bytes);
    });

    it('stores a page once, however often it is put', async () => {
      await store.putPages([page(1), page(1)]);
      expect(await store.putPages([page(1), page(2)])).toMatchObject({ pages: 1 });
      expect(await store.putPages([page(1), page(2)])).toEqual({ pages: 0, bytes: 0 });
    });

    it('counts the bytes that pages and manifests take', async () => {
      expect((await store.putPages([page(1, 1024)])).bytes).toBeGreaterThan(0);
      expect(await store.putManifest(...manifest(PROCESS, 1))).toBeGreaterThan(0);
    });

    it('does not keep the caller\'s buffer', async () => {
      const { id, bytes, kinds } = page(5);
      const buffer = Buffer.from(bytes);
      await store.putPages([{ id, bytes: buffer, kinds }]);
      buffer.fill(0);
      (await store.getPage(id)).fill(1);
      expect(await store.getPage(id)).toEqual(bytes);
    });

    it('refuses a page that does not hash to its name, and keeps nothing of it', async () => {
      const wrong = { ...page(1), bytes: page(2).bytes };
      await expect(store.putPages([wrong])).rejects.toEqual(codeOf('persistence/hash-mismatch'));
      await expect(store.getPage(wrong.id)).rejects.toEqual(codeOf('persistence/missing'));
    });

    it('reports a missing page and a missing manifest by code', async () => {
      await expect(store.getPage(page(9).id)).rejects.toEqual(codeOf('persistence/missing'));
      await expect(store.getPage('../../secret')).rejects.toEqual(codeOf('persistence/missing'));
      await expect(store.getManifest(manifest(PROCESS, 1)[0])).rejects.toEqual(codeOf('persistence/missing'));
    });

    it('returns the manifests it was given, also when put twice', async () => {
      const [ref, body] = manifest(PROCESS, 7);
      await store.putManifest(ref, body);
      await store.putManifest(ref, body);
      expect(await store.getManifest(ref)).toEqual(body);
      expect(await listed(store, PROCESS)).toEqual([ref]);
    });

    it('refuses a manifest that does not hash to its name', async () => {
      const [ref] = manifest(PROCESS, 1);
      const [, body] = manifest(PROCESS, 2);
      await expect(store.putManifest(ref, body)).rejects.toEqual(codeOf('persistence/hash-mismatch'));
      expect(await listed(store)).toEqual([]);
    });

    it('lists a process in ascending slot order, and nothing of other processes', async () => {
      for (const slot of [10, 2, 300]) await store.putManifest(...manifest(PROCESS, slot));
      await store.putManifest(...manifest(OTHER, 1));
      expect((await listed(store, PROCESS)).map(({ slot }) => slot)).toEqual([2, 10, 300]);
      expect((await listed(store)).map(({ process, slot }) => `${process[0]}${slot}`)).toEqual(['p2', 'p10', 'p300', 'q1']);
    });

    it('keeps two snapshots of one slot apart', async () => {
      const refs = [manifest(PROCESS, 4, 'a'), manifest(PROCESS, 4, 'b')];
      for (const [ref, body] of refs) await store.putManifest(ref, body);
      for (const [ref, body] of refs) expect(await store.getManifest(ref)).toEqual(body);
      expect(await listed(store, PROCESS)).toHaveLength(2);
    });

    it('forgets deleted manifests, and lets missing ones be deleted; or keeps everything and says so', async () => {
      const [ref, body] = manifest(PROCESS, 7);
      await store.putManifest(ref, body);
      if (store.permanent === true) {
        // What cannot be forgotten must say so, and stay.
        await expect(store.delete([ref])).rejects.toEqual(codeOf('persistence/permanent'));
        expect(store.collect).toBeUndefined();
        expect(await store.getManifest(ref)).toEqual(body);
        expect(await listed(store)).toEqual([ref]);
        return;
      }
      await store.delete([ref, manifest(PROCESS, 8)[0]]);
      expect(await listed(store)).toEqual([]);
      await expect(store.getManifest(ref)).rejects.toEqual(codeOf('persistence/missing'));
    });

    it('knows which pages it lacks', async () => {
      await store.putPages([page(1), page(2)]);
      if (store.absent !== undefined) expect(await store.absent([page(1).id, page(3).id, page(2).id])).toEqual([page(3).id]);
    });

    it('refuses a manifest whose pages are not all there, when it is told which they are', async () => {
      if (store.collect === undefined) return;
      await store.putPages([page(1)]);
      const [ref, body] = manifest(PROCESS, 1);
      await expect(store.putManifest(ref, body, [page(1).id, page(2).id])).rejects.toEqual(codeOf('persistence/incomplete'));
      expect(await listed(store)).toEqual([]);
      await store.putPages([page(2)]);
      await store.putManifest(ref, body, [page(1).id, page(2).id]);
      expect(await listed(store)).toEqual([ref]);
    });

    describe('when it collects', () => {
      const needs = new Map<string, string[]>();
      const contentsOf = async ({ sha256 }: SnapshotRef): Promise<string[]> => needs.get(sha256) ?? [];
      const take = async (slot: number, ...seeds: number[]): Promise<SnapshotRef> => {
        const pages = seeds.map((seed) => page(seed, 50));
        const [ref, body] = manifest(PROCESS, slot);
        const ids = pages.map(({ id }) => id);
        needs.set(ref.sha256, ids);
        await store.putPages(pages);
        await store.putManifest(ref, body, ids);
        return ref;
      };
      const holds = async (...seeds: number[]): Promise<boolean[]> =>
        Promise.all(seeds.map((seed) => store.getPage(page(seed, 50).id).then(() => true, () => false)));

      it('removes what no snapshot needs and keeps what one needs', async () => {
        if (store.collect === undefined) return;
        const first = await take(1, 1, 2, 3);
        await take(2, 2, 4);
        await store.delete([first]);
        const done = await store.collect({ contentsOf, now: 1, graceMs: 0, liveShare: 1.01 });
        expect(done).toMatchObject({ live: 2, writers: 0, damaged: [] });
        expect(done.freedBytes).toBeGreaterThan(0);
        expect(await holds(1, 2, 3, 4)).toEqual([false, true, false, true]);
        expect(await store.collect({ contentsOf, now: 2, graceMs: 0 })).toMatchObject({ removed: 0, waiting: 0 });
      });

      it('waits until the grace has passed, also when the clock jumps back meanwhile', async () => {
        if (store.collect === undefined) return;
        await store.delete([await take(1, 1)]);
        for (const now of [10_000, 10_999, 500, 1_499]) {
          expect(await store.collect({ contentsOf, now, graceMs: 1_000 })).toMatchObject({ removed: 0, waiting: 1 });
          expect(await holds(1)).toEqual([true]);
        }
        await store.collect({ contentsOf, now: 1_500, graceMs: 1_000 });
        expect(await holds(1)).toEqual([false]);
      });

      it('removes nothing when a snapshot does not say what it needs', async () => {
        if (store.collect === undefined) return;
        await store.delete([await take(1, 1)]);
        await take(2, 2);
        const silent = async (): Promise<string[]> => { throw new Error('damaged'); };
        await expect(store.collect({ contentsOf: silent, now: 1, graceMs: 0 })).rejects.toEqual(codeOf('persistence/collect-unsafe'));
        expect(await holds(1, 2)).toEqual([true, true]);
      });

      it('takes again what it removed', async () => {
        if (store.collect === undefined) return;
        await store.delete([await take(1, 1)]);
        await store.collect({ contentsOf, now: 1, graceMs: 0 });
        await take(2, 1);
        await store.collect({ contentsOf, now: 2, graceMs: 0 });
        expect(await holds(1)).toEqual([true]);
      });
    });

    it('takes the same pages from several writers at once', async () => {
      const pages = [page(1), page(2), page(3)];
      await Promise.all([store.putPages(pages), store.putPages(pages), store.putPages([...pages].reverse())]);
      for (const { id, bytes } of pages) expect(await store.getPage(id)).toEqual(bytes);
    });
  });
}
