import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FieldKind } from '@beamline/ecs';
import { createFsStore, nodeDisk } from '../src/fs.ts';
import { sha256Hex } from '../src/sha256.ts';
import type { SnapshotRef } from '../src/snapshot-ref.ts';
import type { Page } from '../src/snapshot-store.ts';
import { describeSnapshotStore, failingDisk } from '../src/testing.ts';

describeSnapshotStore('fs', async () => {
  const root = await mkdtemp(join(tmpdir(), 'store-'));
  return { store: createFsStore({ root: join(root, 'snapshots') }), dispose: () => rm(root, { recursive: true }) };
});

const PROCESS = 'p'.repeat(43);

/** Pages whose cells are said to be equally wide are compressed together. */
function page(seed: number, kind: FieldKind = 'u32'): Page {
  const bytes = new Uint8Array(4 + 1024 * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1024, true);
  for (let row = 0; row < 1024; row += 1) view.setUint32(4 + row * 4, seed * 1000 + row * 3, true);
  return { id: sha256Hex(bytes), bytes, kinds: [kind] };
}

describe('the fs store', () => {
  let root: string;
  beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'store-')); });
  afterEach(() => rm(root, { recursive: true }));
  const onlyPack = async () => join(root, 'packs', (await readdir(join(root, 'packs'))).find((name) => name.endsWith('.pack'))!);
  /** As another process finds it. */
  const readAnew = async ({ id }: Page) => createFsStore({ root }).getPage(id).catch((error: { code: string }) => error.code);

  it('keeps column pages at less than half of their size, index and all', async () => {
    const pages = Array.from({ length: 20 }, (_, n) => page(n));
    const { bytes } = await createFsStore({ root }).putPages(pages);
    expect(bytes).toBeLessThan(20 * page(1).bytes.length / 2);
    expect((await readFile(await onlyPack())).length).toBe(bytes);
  });

  it('finds pages that another writer put after it looked', async () => {
    const store = createFsStore({ root });
    await store.putPages([page(1)]);
    await createFsStore({ root }).putPages([page(2)]);
    expect(await store.getPage(page(2).id)).toEqual(page(2).bytes);
    expect(await store.putPages([page(2)])).toEqual({ pages: 0, bytes: 0 });
  });

  it('after a cut at any offset returns a page whole or reports it', async () => {
    const pages = [page(1), page(2, 'u16'), page(3, 'u8')];
    await createFsStore({ root }).putPages(pages);
    const file = await onlyPack();
    const whole = await readFile(file);
    let survivors = 0;
    for (let length = 0; length < whole.length; length += 41) {
      await writeFile(file, whole.subarray(0, length));
      for (const one of pages) {
        const found = await readAnew(one);
        expect([one.bytes, 'persistence/hash-mismatch']).toContainEqual(found);
        if (typeof found !== 'string') survivors += 1;
      }
    }
    expect(survivors).toBeGreaterThan(0);
  });

  it('after any bit flipped returns a page whole or reports it', async () => {
    await createFsStore({ root }).putPages([page(1)]);
    const file = await onlyPack();
    const whole = await readFile(file);
    for (let offset = 0; offset < whole.length; offset += 11) {
      const flipped = Uint8Array.from(whole);
      flipped[offset] = flipped[offset]! ^ (1 << offset % 8);
      await writeFile(file, flipped);
      expect([page(1).bytes, 'persistence/hash-mismatch']).toContainEqual(await readAnew(page(1)));
    }
  });

  it('heals: a damaged page put again is there again, the others stay where they were', async () => {
    const store = createFsStore({ root });
    await store.putPages([page(1), page(2, 'u16')]);
    await store.getPage(page(2, 'u16').id); // now it lies in this store's memory
    const file = await onlyPack();
    const torn = (await readFile(file)).subarray(0, -20);
    await writeFile(file, torn);
    expect(await readAnew(page(2, 'u16'))).toBe('persistence/hash-mismatch');
    expect(await store.putPages([page(1), page(2, 'u16')])).toMatchObject({ pages: 1 });
    for (const one of [page(1), page(2, 'u16')]) expect(await readAnew(one)).toEqual(one.bytes);
  });

  it('heals: a pack whose index is damaged is written again', async () => {
    const store = createFsStore({ root });
    await store.putPages([page(1)]);
    await writeFile(await onlyPack(), 'torn');
    expect(await createFsStore({ root }).putPages([page(1)])).toMatchObject({ pages: 1 });
    expect(await readAnew(page(1))).toEqual(page(1).bytes);
  });

  it('ignores drafts and foreign files', async () => {
    const store = createFsStore({ root });
    const body = new TextEncoder().encode('manifest');
    const ref = { process: PROCESS, slot: 1, sha256: sha256Hex(body) };
    await store.putManifest(ref, body);
    await writeFile(join(root, 'manifests', PROCESS, `0000000000000002-${ref.sha256}.manifest.x.tmp`), 'half');
    await writeFile(join(root, 'manifests', '.DS_Store'), '');
    const listed: SnapshotRef[] = [];
    for await (const found of store.list()) listed.push(found);
    expect(listed).toEqual([ref]);
  });

  it('refuses the id of a process that names a path', async () => {
    const body = new TextEncoder().encode('manifest');
    const ref = { process: '../../etc', slot: 1, sha256: sha256Hex(body) };
    await expect(createFsStore({ root }).putManifest(ref, body)).rejects.toMatchObject({ code: 'persistence/bad-ref' });
  });

  it('reports a folder that cannot be used, as retryable', async () => {
    await writeFile(join(root, 'file'), '');
    const store = createFsStore({ root: join(root, 'file', 'store') });
    await expect(store.putPages([page(1)])).rejects.toMatchObject({ code: 'persistence/read-failed', retryable: true });
  });

  it('after a power cut at any operation holds what it acknowledged, whole bodies or none, and a repeat completes it', async () => {
    const pages = [page(1), page(2), page(3)];
    const body = new TextEncoder().encode('manifest');
    const ref: SnapshotRef = { process: PROCESS, slot: 1, sha256: sha256Hex(body) };
    let cuts = 0;
    for (let failAt = 1; ; failAt += 1) {
      const folder = join(root, `cut-${failAt}`);
      const doomed = createFsStore({ root: folder, disk: failingDisk(nodeDisk, failAt) });
      let acknowledged = 'nothing';
      const write = async () => {
        await doomed.putPages(pages);
        acknowledged = 'pages';
        await doomed.putManifest(ref, body);
        acknowledged = 'all';
        await doomed.getPage(page(1).id);
      };
      const outcome = await write().then(() => 'done', (error: { code: string }) => error.code);

      const after = createFsStore({ root: folder });
      const listed: SnapshotRef[] = [];
      for await (const found of after.list(PROCESS)) listed.push(found);
      for (const { id, bytes } of pages) {
        const found = await after.getPage(id).catch((error: { code: string }) => error.code);
        if (acknowledged === 'nothing' && listed.length === 0) expect([bytes, 'persistence/missing']).toContainEqual(found);
        else expect(found).toEqual(bytes);
      }
      if (acknowledged === 'all') expect(listed).toEqual([ref]);
      for (const found of listed) expect(await after.getManifest(found)).toEqual(body);

      await after.putPages(pages);
      await after.putManifest(ref, body);
      expect(await after.getManifest(ref)).toEqual(body);
      for (const { id, bytes } of pages) expect(await createFsStore({ root: folder }).getPage(id)).toEqual(bytes);

      if (outcome === 'done') break;
      expect(outcome).toMatch(/^persistence\/(write|read)-failed$/);
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(12);
  });
});
