import { describe, expect, it } from '@jest/globals';
import type { Fault } from '@beamline/core';
import { worldDigest } from '@beamline/ecs';
import { createFsStore, openLog, readLog } from '../../src/fs.ts';
import {
  contentsOf, copySnapshot, createBucketStore, createMemoryBucket, createMemoryStore, createSnapshotter, ecsSource, formatRef, imageRoot, readImage, recoverColumns, replicated, verifyStores,
  writeImage, type PageId, type SnapshotStore,
} from '../../src/index.ts';
import { missing } from '../../src/sha256.ts';
import { createMemoryDisk, type MemoryDisk } from '../../src/testing.ts';
import { applyMessage, digestAt, freshWorld, payloadOf, startWorld } from '../logged-game.ts';
import { imageOfWorld, sampleWorld } from '../sample-world.ts';

const PROCESS = 'p'.repeat(43);
const LAST = 14;
const storeOn = (disk: MemoryDisk) => createFsStore({ root: '/snapshots', disk });

/** Snapshots at 4, 8 and 12; of the log is kept what they do not have, from one of them on. */
async function played({ segmentBytes, logFrom }: { segmentBytes: number; logFrom: number }): Promise<MemoryDisk> {
  const disk = createMemoryDisk();
  const log = await openLog({ folder: '/log', disk, segmentBytes });
  const world = freshWorld();
  const { snapshot } = createSnapshotter({ source: ecsSource(world, 'l'), store: storeOn(disk), game: 'g', role: 'r', process: PROCESS });
  while (log.next() <= LAST) {
    const payload = payloadOf(log.next());
    applyMessage(world, { sequence: await log.append(payload), payload });
    if (world.slot % 4 === 0 && world.slot <= 12) await snapshot();
  }
  await log.truncate(logFrom);
  await log.close();
  return disk;
}
const recover = (disk: MemoryDisk, store: SnapshotStore = storeOn(disk)) =>
  recoverColumns({ store, process: PROCESS, records: (from) => readLog({ folder: '/log', disk, from }), start: startWorld, apply: applyMessage });

/** Without each file, one after the other: what became of it, by file. */
async function withoutEachFile(disk: MemoryDisk, check: () => Promise<string>): Promise<Map<string, string>> {
  const outcomes = new Map<string, string>();
  for (const [path, file] of [...disk.files]) {
    disk.files.delete(path);
    outcomes.set(path, await check());
    (disk.files as Map<string, typeof file>).set(path, file);
  }
  return outcomes;
}

describe('a world in JavaScript of which any one file is deleted', () => {
  it.each([
    { segmentBytes: 100, logFrom: 1 }, { segmentBytes: 100, logFrom: 5 }, { segmentBytes: 100, logFrom: 9 }, { segmentBytes: 100, logFrom: 13 }, { segmentBytes: 1e6, logFrom: 1 },
  ])('is exact, or refused with the name of what is gone: %p', async (shape) => {
    const disk = await played(shape);
    const outcomes = await withoutEachFile(disk, async () => {
      const found = await recover(disk).catch((error: Fault) => error);
      if (found instanceof Error) return `${found.code}: ${found.message}`;
      expect([found.slot, worldDigest(found.world)]).toEqual([LAST, digestAt(LAST)]);
      return 'exact';
    });
    for (const [path, outcome] of outcomes) {
      if (outcome === 'exact') continue;
      if (path.endsWith('.pack')) expect(outcome).toMatch(/^persistence\/log-gap: after p+@12:[0-9a-f]{64}: .* of table \S+ at slot 12 .*page [0-9a-f]{64} does not exist.*the log in \/log begins at \d+/);
      else if (path.endsWith('.manifest')) expect(outcome).toMatch(/^persistence\/log-gap: the log in \/log begins at \d+, 9 was asked for/);
      else expect(outcome).toMatch(/^persistence\/log-(damaged|gap): .*\/log/);
    }
    const lost = [...outcomes].filter(([, outcome]) => outcome !== 'exact').map(([path]) => path.replace(/.*\.(?=\w+$)/, ''));
    expect(lost).toContain('log');
    // As long as the log reaches back to an older snapshot, no file of a newer one is missed.
    expect(lost.filter((kind) => kind === 'manifest')).toHaveLength(shape.logFrom > 9 ? 1 : 0);
  });

  it('is exact whatever file of its snapshots it was when another store has a copy', async () => {
    const disk = await played({ segmentBytes: 100, logFrom: 13 });
    const copy = { name: 'copy', store: createMemoryStore() };
    for await (const ref of storeOn(disk).list()) await copySnapshot({ ref, to: copy, from: [{ name: 'fs', store: storeOn(disk) }] });
    const outcomes = await withoutEachFile(disk, async () => {
      const found = await recover(disk, replicated({ stores: [{ name: 'fs', store: storeOn(disk) }, copy] })).catch((error: Fault) => error.code);
      return typeof found === 'string' ? found : worldDigest(found.world);
    });
    for (const [path, outcome] of outcomes) if (path.startsWith('/snapshots')) expect(outcome).toBe(digestAt(LAST));
  });

  it('is not taken for a new one when its only log is gone', async () => {
    const disk = await played({ segmentBytes: 1e6, logFrom: 1 });
    for (const path of [...disk.files.keys()]) if (path.endsWith('.log')) disk.files.delete(path);
    await expect(openLog({ folder: '/log', disk })).rejects.toMatchObject({ code: 'persistence/log-damaged' });
  });
});

describe('a snapshot of a process of which any one page or index block is deleted', () => {
  const image = imageOfWorld(sampleWorld(undefined, 1_100), 42);
  const without = (store: SnapshotStore, lost: PageId): SnapshotStore => ({
    ...store,
    getPage: async (id) => (id === lost ? Promise.reject(missing(`page ${id}`)) : store.getPage(id)),
    absent: async (ids) => [...ids].filter((id) => id === lost),
  });

  it('is refused by name, had whole from two stores, and mended from the other', async () => {
    const [here, there] = [createBucketStore(createMemoryBucket()), createMemoryStore()];
    const { ref, root } = await writeImage({ store: here, image, game: 'arena', role: 'world', process: PROCESS });
    await copySnapshot({ ref, to: { name: 'there', store: there }, from: [{ name: 'here', store: here }] });
    const { pages, blocks } = await contentsOf(here, ref);
    for (const lost of [...pages, ...blocks]) {
      const holed = { name: 'here', store: without(here, lost) };
      const where = { table: expect.any(String) as unknown as string, number: expect.any(Number) as unknown as number, slot: 42, process: PROCESS };
      await expect(readImage(holed.store, ref)).rejects.toMatchObject({ code: 'persistence/missing', details: { ...where, [pages.includes(lost) ? 'page' : 'block']: lost } });
      expect(imageRoot(await readImage(replicated({ stores: [holed, { name: 'there', store: there }] }), ref))).toBe(root);
      const { damage } = await verifyStores({ stores: [holed, { name: 'there', store: there }] });
      expect(damage).toMatchObject([{ store: 'here', ref: formatRef(ref), id: lost, mendableFrom: ['there'] }]);
      const mended = createMemoryStore();
      await copySnapshot({ ref, to: { name: 'mended', store: mended }, from: [holed, { name: 'there', store: there }] });
      expect(imageRoot(await readImage(mended, ref))).toBe(root);
    }
    expect(pages.length + blocks.length).toBeGreaterThan(8);
  });
});
