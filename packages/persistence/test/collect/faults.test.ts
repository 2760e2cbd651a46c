import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock, type Clock, type Fault } from '@beamline/core';
import { createFsStore, nodeDisk } from '../../src/fs.ts';
import { contentsOf, createBucketStore, createEncryptedBucket, createMemoryBucket, formatRef, prune, readImage, sealKey, verifyStores, writeImage, type Bucket, type SnapshotRef, type SnapshotStore } from '../../src/index.ts';
import { createS3Store } from '../../src/s3.ts';
import { failingDisk, limitedDisk, lyingBucket } from '../../src/testing.ts';
import { startS3Server, type S3Server } from '../s3-server.ts';

const process = 'p'.repeat(43);
/** A little world; every slot changes one of its two tables. */
const write = (store: SnapshotStore, slot: number, parent?: SnapshotRef) => writeImage({
  store, game: 'arena', role: 'world', process, ...(parent && { parent }),
  image: {
    slot, layout: 'l', tables: ['Score', 'Bag'].map((name, n) => ({
      name, columns: [{ name: '$entity', kind: 'eid' as const }], rows: 3, data: [[1, n === 0 ? slot : 2, 3]], stamps: [slot],
    })),
  },
});
async function listed(store: SnapshotStore): Promise<SnapshotRef[]> {
  const refs: SnapshotRef[] = [];
  for await (const ref of store.list()) refs.push(ref);
  return refs;
}
async function expectWhole(store: SnapshotStore): Promise<string[]> {
  const refs = await listed(store);
  for (const ref of refs) expect((await readImage(store, ref)).tables[0]!.data[0]![1]).toBe(ref.slot);
  return refs.map(formatRef);
}
const tidy = (store: SnapshotStore) => prune({ store, policy: { last: 2 }, now: 1, graceMs: 0 });
const codeOf = async (work: Promise<unknown>) => work.then(() => 'done', (error: Fault) => error.code ?? String(error));

describe('a folder', () => {
  let root: string;
  beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'faults-')); });
  afterEach(() => rm(root, { recursive: true }));

  it('after a power cut at any operation of a prune and its collection has every listed snapshot whole, and the next one finishes', async () => {
    let cuts = 0;
    for (let failAt = 1; ; failAt += 1) {
      const folder = join(root, String(failAt));
      for (let slot = 1; slot <= 4; slot += 1) await write(createFsStore({ root: folder }), slot);
      const outcome = await codeOf(tidy(createFsStore({ root: folder, disk: failingDisk(nodeDisk, failAt) })));
      expect((await expectWhole(createFsStore({ root: folder }))).length).toBeGreaterThanOrEqual(2);
      await tidy(createFsStore({ root: folder }));
      expect(await expectWhole(createFsStore({ root: folder }))).toHaveLength(2);
      if (outcome === 'done') break;
      expect(outcome).toMatch(/^persistence\/((write|read)-failed|collect-unsafe)$/);
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(30);
  });

  it('that is full at any byte keeps what it acknowledged, says so as retryable, and goes on when there is room', async () => {
    for (let room = 0; ; room += 97) {
      const folder = join(root, String(room));
      const disk = limitedDisk(nodeDisk, room);
      const store = createFsStore({ root: folder, disk });
      const acknowledged: string[] = [];
      const outcome = await (async () => {
        for (let slot = 1; slot <= 3; slot += 1) acknowledged.push(formatRef((await write(store, slot)).ref));
        await tidy(store);
        return 'done';
      })().catch((error: Fault) => (expect(error.retryable).toBe(true), error.code));
      const whole = await expectWhole(createFsStore({ root: folder }));
      if (acknowledged.length < 3) for (const ref of acknowledged) expect(whole).toContain(ref);
      disk.grow(1e6);
      for (let slot = 1; slot <= 3; slot += 1) await write(store, slot);
      await tidy(store);
      expect(await expectWhole(createFsStore({ root: folder }))).toHaveLength(2);
      if (outcome === 'done') break;
      expect(outcome).toMatch(/^persistence\/(write-failed|collect-unsafe)$/);
    }
  });
});

describe.each([
  ['plain', (bucket: Bucket): Bucket => bucket],
  ['encrypted', (bucket: Bucket): Bucket => createEncryptedBucket({ bucket, keys: [sealKey('ab'.repeat(32))] })],
])('a %s medium that lies', (_kind, wrap) => {
  it('about any put is caught before the snapshot counts, or by name when it is read', async () => {
    let [refused, named] = [0, 0];
    for (const lie of ['nothing', 'half', 'bent'] as const) {
      for (let lieAt = 1; ; lieAt += 1) {
        const objects = createMemoryBucket();
        const liar = lyingBucket(objects, lieAt, lie);
        const store = createBucketStore(wrap(liar));
        const outcomes: string[] = [];
        for (let slot = 1; slot <= 3; slot += 1) outcomes.push(await codeOf(write(store, slot)));
        const anew = createBucketStore(wrap(objects));
        for (const outcome of outcomes.filter((each) => each !== 'done')) {
          expect(outcome).toMatch(/^persistence\/(incomplete|write-failed|sealed-damaged|not-sealed)$/);
          refused += 1;
        }
        const { damage } = await verifyStores({ stores: [{ name: 'it', store: anew }], full: true });
        const bad = new Set(damage.map(({ ref }) => ref));
        for (const ref of await listed(anew)) {
          const read = await codeOf(readImage(anew, ref));
          expect(read === 'done').toBe(!bad.has(formatRef(ref)));
          if (read !== 'done') named += 1;
        }
        // Of what is whole nothing is lost, whatever lies around.
        await tidy(anew).catch(() => undefined);
        for (const ref of await listed(anew)) if (!bad.has(formatRef(ref))) expect(await codeOf(readImage(createBucketStore(wrap(objects)), ref))).toBe('done');
        if (liar.puts() < lieAt) break;
      }
    }
    expect(refused).toBeGreaterThan(3);
    expect(named).toBeGreaterThan(0);
  });
});

describe('an S3 service', () => {
  let server: S3Server;
  beforeAll(async () => { server = await startS3Server(); });
  afterAll(() => server.stop());
  const impatient: Clock = { now: () => systemClock.now(), sleep: (ms, signal) => (ms > 20_000 ? systemClock.sleep(ms, signal) : Promise.resolve()) };

  it('that goes away for good at any request of a prune leaves every listed snapshot whole', async () => {
    for (let failAt = 1; ; failAt += 5) {
      const where = { endpoint: server.endpoint, bucket: server.bucket, prefix: `gone-${failAt}`, credentials: server.credentials, clock: impatient };
      for (let slot = 1; slot <= 3; slot += 1) await write(createS3Store(where), slot);
      let requests = 0;
      const dying: typeof fetch = async (...args) => {
        requests += 1;
        // Every other time the request arrives, and only its answer is lost.
        if (requests === failAt && failAt % 10 === 1) await fetch(...args);
        if (requests >= failAt) throw new TypeError('fetch failed');
        return fetch(...args);
      };
      const outcome = await codeOf(tidy(createS3Store({ ...where, attempts: 2, fetch: dying })));
      expect((await expectWhole(createS3Store(where))).length).toBeGreaterThanOrEqual(2);
      if (outcome === 'done') break;
      expect(outcome).toMatch(/^persistence\/((write|read)-failed|collect-unsafe)$/);
    }
  });

  it('is collected while others write to it', async () => {
    const where = { endpoint: server.endpoint, bucket: server.bucket, prefix: 'busy', credentials: server.credentials, clock: impatient };
    for (let slot = 1; slot <= 6; slot += 1) await write(createS3Store(where), slot);
    const taken: Promise<unknown>[] = [];
    for (let slot = 7; slot <= 12; slot += 1) taken.push(write(createS3Store(where), slot).catch(() => write(createS3Store(where), slot)));
    const pruned = Array.from({ length: 3 }, async () => tidy(createS3Store(where)).catch((error: Fault) => expect(error.code).toMatch(/collect-unsafe/)));
    await Promise.all([...taken, ...pruned]);
    await expectWhole(createS3Store(where));
    const last = createS3Store(where);
    await tidy(last);
    expect(await expectWhole(createS3Store(where))).toHaveLength(2);
    expect((await contentsOf(last, (await listed(last))[0]!)).pages).toHaveLength(2);
  });
});
