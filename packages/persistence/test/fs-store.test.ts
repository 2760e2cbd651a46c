import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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

function page(seed: number): Page {
  const bytes = new Uint8Array(4 + 1024 * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1024, true);
  for (let row = 0; row < 1024; row += 1) view.setUint32(4 + row * 4, seed * 1000 + row * 3, true);
  return { id: sha256Hex(bytes), bytes, kinds: ['u32'] };
}

describe('the fs store', () => {
  let root: string;
  beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'store-')); });
  afterEach(() => rm(root, { recursive: true }));
  const fileOf = ({ id }: Page) => join(root, 'pages', `${id}.page`);

  it('keeps a column page at less than half of its size', async () => {
    const { bytes } = await createFsStore({ root }).putPages([page(1)]);
    expect(bytes).toBeLessThan(page(1).bytes.length / 2);
    expect((await readFile(fileOf(page(1)))).length).toBe(bytes);
  });

  it('reports a page cut at any offset instead of returning it', async () => {
    const store = createFsStore({ root });
    await store.putPages([page(1)]);
    const whole = await readFile(fileOf(page(1)));
    for (let length = 0; length < whole.length; length += 7) {
      await writeFile(fileOf(page(1)), whole.subarray(0, length));
      await expect(store.getPage(page(1).id)).rejects.toMatchObject({ code: 'persistence/hash-mismatch' });
    }
  });

  it('returns the right page or a mismatch for every flipped bit of a byte', async () => {
    const store = createFsStore({ root });
    await store.putPages([page(1)]);
    const whole = await readFile(fileOf(page(1)));
    for (let offset = 0; offset < whole.length; offset += 3) {
      const flipped = Uint8Array.from(whole);
      flipped[offset] = flipped[offset]! ^ (1 << offset % 8);
      await writeFile(fileOf(page(1)), flipped);
      const outcome = await store.getPage(page(1).id).catch((error: { code: string }) => error.code);
      if (outcome instanceof Uint8Array) expect(outcome).toEqual(page(1).bytes);
      else expect(outcome).toBe('persistence/hash-mismatch');
    }
  });

  it('replaces a damaged page when it is put again', async () => {
    const store = createFsStore({ root });
    await store.putPages([page(1)]);
    await writeFile(fileOf(page(1)), 'torn');
    expect(await store.putPages([page(1)])).toMatchObject({ pages: 1 });
    expect(await store.getPage(page(1).id)).toEqual(page(1).bytes);
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

  it('reports a folder that cannot be written, as retryable', async () => {
    await writeFile(join(root, 'file'), '');
    const store = createFsStore({ root: join(root, 'file', 'store') });
    await expect(store.putPages([page(1)])).rejects.toMatchObject({ code: 'persistence/write-failed', retryable: true });
  });

  it('after a power cut at any operation holds what it acknowledged, whole bodies or none, and a repeat completes it', async () => {
    const pages = [page(1), page(2), page(3)];
    const body = new TextEncoder().encode('manifest');
    const ref: SnapshotRef = { process: PROCESS, slot: 1, sha256: sha256Hex(body) };
    let cuts = 0;
    for (let failAt = 1; ; failAt += 1) {
      const folder = join(root, `cut-${failAt}`);
      const doomed = createFsStore({ root: folder, disk: failingDisk(nodeDisk, failAt), parallelWrites: 2 });
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
      expect((await readdir(join(folder, 'pages'))).filter((name) => name.endsWith('.page'))).toHaveLength(3);

      if (outcome === 'done') break;
      expect(outcome).toMatch(/^persistence\/(write|read)-failed$/);
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(12);
  });
});
