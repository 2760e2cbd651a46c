import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault } from '@beamline/core';
import { createFsBucket, extractArchive, nodeDisk, openArchiveFile, writeArchiveFile } from '../../src/fs.ts';
import {
  archiveBucket, archiveSnapshots, createBucketStore, createMemoryBucket, createMemoryStore, encodeArchive, formatRef, importArchive, openArchive, readImage, sealKey, verifyStores, writeImage,
  type ArchiveSourceEntry, type RandomAccess, type SnapshotRef, type SnapshotStore,
} from '../../src/index.ts';
import { failingDisk, failingStore } from '../../src/testing.ts';
import { imageOfWorld, sampleWorld } from '../sample-world.ts';

const image = imageOfWorld(sampleWorld(undefined, 30), 42);
const file = (name: string, text: string): ArchiveSourceEntry => ({ name, read: async () => new TextEncoder().encode(text) });
const files = [file('releases/r1/release.json', '{"id":"r1"}'), file('environment.json', '{"instances":{}}'), file('journal/d1.journal', '')];
const memory = (bytes: Uint8Array): RandomAccess => ({ sizeBytes: bytes.length, read: async (offset, length) => bytes.slice(offset, offset + length) });
async function bytesOf(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return new Uint8Array(Buffer.concat(all));
}
async function filled(): Promise<{ store: SnapshotStore; refs: SnapshotRef[] }> {
  const store = createMemoryStore();
  const refs: SnapshotRef[] = [];
  for (const slot of [42, 43]) {
    const tables = image.tables.map((table) => (table.name === 'Account' ? { ...table, data: [table.data[0]!, table.data[1]!.map(() => slot)] } : table));
    refs.push((await writeImage({ store, image: { ...image, slot, tables }, game: 'arena', role: 'world', process: 'p'.repeat(43) })).ref);
  }
  return { store, refs };
}
const whole = async () => {
  const { store, refs } = await filled();
  return { refs, bytes: await bytesOf(archiveSnapshots({ store, refs, files })) };
};
const codeOf = async (work: Promise<unknown>) => work.then(() => 'done', (error: Fault) => error.code ?? String(error));
const listed = async (store: SnapshotStore) => {
  const refs: string[] = [];
  for await (const ref of store.list()) refs.push(formatRef(ref));
  return refs;
};

describe('an archive', () => {
  it('is read in place: files and snapshots, each by itself', async () => {
    const { refs, bytes } = await whole();
    const archive = await openArchive(memory(bytes));
    expect(new TextDecoder().decode(await archive.read('environment.json'))).toBe('{"instances":{}}');
    expect(await archive.read('none')).toBeUndefined();
    const store = createBucketStore(archiveBucket(archive));
    expect((await readImage(store, refs[0]!)).slot).toBe(42);
    expect(await verifyStores({ stores: [{ name: 'archive', store }], full: true })).toMatchObject({ snapshots: 2, damage: [] });
    await expect(store.putPages([{ id: 'x', bytes: new Uint8Array(1), kinds: [] }])).rejects.toMatchObject({ name: 'Fault' });
  });

  it('has the same bytes for the same content, in whatever order it was asked for', async () => {
    const { store, refs } = await filled();
    const [one, two] = [await bytesOf(archiveSnapshots({ store, refs, files })), await bytesOf(archiveSnapshots({ store, refs: [...refs].reverse(), files: [...files].reverse() }))];
    expect(Buffer.compare(one, two)).toBe(0);
  });

  it('holds pages that snapshots share once', async () => {
    const { store, refs } = await filled();
    const [one, both] = [await bytesOf(archiveSnapshots({ store, refs: refs.slice(0, 1) })), await bytesOf(archiveSnapshots({ store, refs }))];
    expect(both.length).toBeLessThan(one.length * 1.6);
  });

  it('refuses names that lead elsewhere or come twice', async () => {
    for (const name of ['../x', '/x', 'a//b', '', 'a/../b', '.hidden']) expect(await codeOf(bytesOf(encodeArchive([file(name, '')])))).toBe('persistence/bad-entry');
    expect(await codeOf(bytesOf(encodeArchive([file('a', ''), file('a', '')])))).toBe('persistence/bad-entry');
  });

  it('does not archive a snapshot that is not whole', async () => {
    const { store, refs } = await filled();
    for (let failAt = 1; ; failAt += 1) {
      const outcome = await codeOf(bytesOf(archiveSnapshots({ store: failingStore(store, failAt), refs })));
      if (outcome === 'done') break;
      expect(outcome).toBe('persistence/read-failed');
    }
  });

  it('of another version is refused by code', async () => {
    const { bytes } = await whole();
    bytes[4] = 2;
    expect(await codeOf(openArchive(memory(bytes)))).toBe('persistence/archive-version');
  });

  it('cut anywhere is refused as a whole, and gives what is whole of it when asked', async () => {
    const { bytes } = await whole();
    const complete = (await openArchive(memory(bytes))).entries.length;
    let most = 0;
    for (let length = 0; length < bytes.length; length += 29) {
      const cut = memory(bytes.subarray(0, length));
      expect(await codeOf(openArchive(cut))).toBe('persistence/archive-damaged');
      if (length < 8) continue;
      const salvaged = await openArchive(cut, { salvage: true });
      for (const { name } of salvaged.entries) expect((await salvaged.read(name))!.length).toBeGreaterThanOrEqual(0);
      expect(salvaged.entries.length).toBeGreaterThanOrEqual(most);
      most = salvaged.entries.length;
    }
    expect(most).toBe(complete);
  });
});

describe('an import', () => {
  it('brings all snapshots, and a repetition nothing', async () => {
    const { refs, bytes } = await whole();
    const [archive, store] = [await openArchive(memory(bytes)), createBucketStore(createMemoryBucket())];
    expect(await importArchive({ archive, store })).toMatchObject({ refs, added: refs });
    for (const ref of refs) expect((await readImage(store, ref)).slot).toBe(ref.slot);
    expect(await importArchive({ archive, store })).toMatchObject({ refs, added: [], bytes: 0 });
  });

  it('into a store that fails at any call adds all or nothing, and keeps what was there before', async () => {
    const { refs, bytes } = await whole();
    const archive = await openArchive(memory(bytes));
    for (let failAt = 1; ; failAt += 1) {
      const store = createMemoryStore();
      const before = (await writeImage({ store, image, game: 'arena', role: 'world', process: 'q'.repeat(43) })).ref;
      // It fails once and answers again: the way back needs it.
      let calls = 0;
      const limping = { ...store, putPages: async (...args: Parameters<SnapshotStore['putPages']>) => { calls += 1; return (calls === failAt ? failingStore(store, 1) : store).putPages(...args); },
        putManifest: async (...args: Parameters<SnapshotStore['putManifest']>) => { calls += 1; return (calls === failAt ? failingStore(store, 1) : store).putManifest(...args); } };
      const outcome = await codeOf(importArchive({ archive, store: limping }));
      expect(await listed(store)).toEqual(outcome === 'done' ? [...refs.map(formatRef), formatRef(before)] : [formatRef(before)]);
      if (outcome === 'done') break;
    }
  });
});

describe('an archive file', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'archive-')); });
  afterEach(() => rm(folder, { recursive: true }));
  const keys = [sealKey('ab'.repeat(32))] as const;

  it('is written whole or not at all', async () => {
    const path = join(folder, 'deep', 'live.archive');
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Uint8Array.of(1);
      throw new Error('power');
    }
    await expect(writeArchiveFile({ path, bytes: broken() })).rejects.toThrow('power');
    expect(await readdir(join(folder, 'deep'))).toEqual([]);
    const { store, refs } = await filled();
    expect(await writeArchiveFile({ path, bytes: archiveSnapshots({ store, refs, files }) })).toBe((await readFile(path)).length);
    const archive = await openArchiveFile(path);
    await archive.verify();
    await archive.close();
  });

  it('unpacks into a folder whose snapshots are a store', async () => {
    const { store, refs } = await filled();
    const path = join(folder, 'live.archive');
    await writeArchiveFile({ path, bytes: archiveSnapshots({ store, refs, files }) });
    const archive = await openArchiveFile(path);
    await extractArchive({ archive, folder: join(folder, 'out') });
    expect(await readFile(join(folder, 'out/releases/r1/release.json'), 'utf8')).toBe('{"id":"r1"}');
    const unpacked = createBucketStore(createFsBucket({ root: join(folder, 'out/snapshots') }));
    for (const ref of refs) expect((await readImage(unpacked, ref)).slot).toBe(ref.slot);
    expect(await codeOf(extractArchive({ archive, folder: join(folder, 'out') }))).toBe('persistence/target-exists');
    await archive.close();
  });

  it('unpacks whole or not at all when the disk fails at any operation', async () => {
    const { bytes } = await whole();
    const archive = await openArchive(memory(bytes));
    for (let failAt = 1; ; failAt += 1) {
      const target = join(folder, `out-${failAt}`);
      const outcome = await codeOf(extractArchive({ archive, folder: target, disk: failingDisk(nodeDisk, failAt) }));
      const there = (await readdir(folder)).filter((name) => name.startsWith(`out-${failAt}`) && !name.endsWith('.partial'));
      if (outcome === 'done') expect(there).toHaveLength(1);
      else expect(outcome).toBe('persistence/write-failed');
      for (const name of there) expect(await readFile(join(folder, name, 'environment.json'), 'utf8')).toBe('{"instances":{}}');
      if (outcome === 'done') break;
    }
  });

  it('can be encrypted: it shows nothing, is refused when cut, or opened without the key', async () => {
    const { store, refs } = await filled();
    const path = join(folder, 'live.archive');
    await writeArchiveFile({ path, bytes: archiveSnapshots({ store, refs, files }), keys });
    const sealed = await readFile(path);
    expect(sealed.includes('environment.json')).toBe(false);
    const archive = await openArchiveFile(path, { keys });
    const target = createMemoryStore();
    expect(await importArchive({ archive, store: target })).toMatchObject({ added: refs });
    await archive.close();
    expect(await codeOf(openArchiveFile(path))).toBe('persistence/unknown-key');
    expect(await codeOf(openArchiveFile(path, { keys: [sealKey('cd'.repeat(32))] }))).toBe('persistence/unknown-key');
    const attempt = async (bytes: Uint8Array) => {
      await writeFile(path, bytes);
      const opened = await openArchiveFile(path, { keys });
      await importArchive({ archive: opened, store: createMemoryStore() }).finally(() => opened.close());
    };
    for (let at = 0; at < sealed.length; at += 97) {
      expect(await codeOf(attempt(sealed.subarray(0, at)))).toMatch(/^persistence\/(sealed-damaged|not-sealed|archive-damaged)$/);
    }
  });
});
