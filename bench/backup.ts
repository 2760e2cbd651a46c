import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  archiveSnapshots, columnSource, createBucketStore, createEncryptedBucket, createMemoryBucket, createMemoryStore, createSnapshotter, importArchive, prune, readColumns, replicated, retain, sealKey,
  verifyStores, writeImage, type SnapshotStore,
} from '@beamline/persistence';
import { createFsBucket, createFsStore, openArchiveFile, writeArchiveFile } from '@beamline/persistence/fs';
import { createS3Store } from '@beamline/persistence/s3';
import { startS3Server } from '../packages/persistence/test/s3-server.ts';
import { bytesOf, crowdedWorld } from './persistence/crowded-world.ts';
import { rounded, timed } from './persistence/measure.ts';

const PROCESS = 'b'.repeat(43);
const KEYS = [sealKey('ab'.repeat(32))] as const;

/** Backups of one world: where they lie, what encryption costs, what looking after them costs. A real disk, a real S3 server. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'beamline-bench-'));
  const server = await startS3Server();
  try {
    const world = crowdedWorld(quick ? 20_000 : 200_000);
    const repeats = quick ? 3 : 5;
    const put = async (store: SnapshotStore) => ({ store, ref: (await createSnapshotter({ source: columnSource(world), store, game: 'bench', role: 'world', process: PROCESS }).snapshot()).ref });
    const get = ({ store, ref }: Awaited<ReturnType<typeof put>>) => readColumns(store, ref);
    const fsStore = (n: number) => createFsStore({ root: join(folder, `fs-${n}`) });
    const sealedStore = (n: number) => createBucketStore(createEncryptedBucket({ bucket: createFsBucket({ root: join(folder, `sealed-${n}`) }), keys: KEYS }));
    const s3Store = (n: number) => createS3Store({ endpoint: server.endpoint, bucket: server.bucket, prefix: `run-${n}`, credentials: server.credentials });

    let n = 0;
    const last = { fs: await put(fsStore(0)), sealed: await put(sealedStore(0)), s3: await put(s3Store(0)) };
    const [putFs, putSealed, putS3, putBoth] = await quickest(repeats, [
      () => put(fsStore(n += 1)), () => put(sealedStore(n += 1)), () => put(s3Store(n += 1)),
      () => put(replicated({ stores: [{ name: 'fs', store: fsStore(n += 1) }, { name: 's3', store: s3Store(n += 1) }] })),
    ]) as [number, number, number, number];
    const [getFs, getSealed, getS3] = await quickest(repeats, [
      () => get({ ...last.fs, store: fsStore(0) }), () => get({ ...last.sealed, store: sealedStore(0) }), () => get({ ...last.s3, store: s3Store(0) }),
    ]) as [number, number, number];

    const packed = randomBytes(16 * 1024 * 1024);
    const plain = createMemoryBucket();
    const encrypted = createEncryptedBucket({ bucket: createMemoryBucket(), keys: KEYS });
    await encrypted.put('packs/a', packed);
    const [seal, open, raw, copy] = await quickest(4 * repeats, [
      () => encrypted.put('packs/a', packed), () => encrypted.get('packs/a'),
      async () => { const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12)); return Buffer.concat([cipher.update(packed), cipher.final()]); },
      () => plain.put('packs/a', packed),
    ]) as [number, number, number, number];

    const path = join(folder, 'live.archive');
    let archiveBytes = 0;
    const [verifyQuick, verifyFull, archive, importing] = await quickest(repeats, [
      () => verifyStores({ stores: [{ name: 'fs', store: fsStore(0) }] }),
      () => verifyStores({ stores: [{ name: 'fs', store: fsStore(0) }], full: true }),
      async () => { archiveBytes = await writeArchiveFile({ path, bytes: archiveSnapshots({ store: fsStore(0), refs: [last.fs.ref] }) }); },
      async () => {
        const file = await openArchiveFile(path);
        await importArchive({ archive: file, store: createMemoryStore() }).finally(() => file.close());
      },
    ]) as [number, number, number, number];

    const count = quick ? 200 : 1_000;
    const collected = await measureCollection(join(folder, 'many'), count);
    const many = Array.from({ length: 10_000 }, (_, n) => ({ ref: { process: PROCESS, slot: n, sha256: String(n) }, takenAt: n * 3_600_000 }));
    const retention = await timed(repeats, () => retain(many, { last: 10, hourly: 24, daily: 7, weekly: 4, monthly: 12 }, 1e13));

    const megabytes = bytesOf(world) / 1e6;
    return rounded({
      worldMB: megabytes, archiveBytesVsRaw: archiveBytes / bytesOf(world),
      putFsMs: putFs, putS3Ms: putS3, putS3VsFs: putFs / putS3, getFsMs: getFs, getS3Ms: getS3, getS3VsFs: getFs / getS3, putBothVsSlower: Math.max(putFs, putS3) / putBoth,
      putEncryptedVsPlain: putFs / putSealed, getEncryptedVsPlain: getFs / getSealed,
      sealMBps: packed.length / 1e3 / seal, openMBps: packed.length / 1e3 / open, sealVsRawAesGcm: raw / seal, copyMBps: packed.length / 1e3 / copy,
      verifyQuickMs: verifyQuick, verifyFullMBps: megabytes * 1e3 / verifyFull, archiveMBps: megabytes * 1e3 / archive, importMBps: megabytes * 1e3 / importing,
      retain10000Ms: retention.ms, ...collected,
    });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

/** The least time of each, taken in turns: what other programs do to this machine is no property of ours. */
async function quickest(repeats: number, works: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const best = works.map(() => Infinity);
  for (let n = 0; n < repeats; n += 1) {
    for (const [w, work] of works.entries()) {
      const start = performance.now();
      await work();
      best[w] = Math.min(best[w]!, performance.now() - start);
    }
  }
  return best;
}

/** Snapshots of a small world in which one page changes each time; all but the last ten go. */
async function measureCollection(root: string, count: number): Promise<Record<string, number>> {
  const rows = 20_480;
  const cells = Array.from({ length: rows }, (_, n) => n);
  const store = createFsStore({ root });
  let parent: Awaited<ReturnType<typeof writeImage>>['ref'] | undefined;
  for (let slot = 1; slot <= count; slot += 1) {
    cells[(slot * 1_024) % rows] = slot;
    const image = { slot, layout: 'l', tables: [{ name: 'Score', columns: [{ name: '$entity', kind: 'eid' as const }], rows, data: [cells.slice()], stamps: Array.from({ length: 20 }, () => slot) }] };
    parent = (await writeImage({ store, image, game: 'bench', role: 'world', process: PROCESS, takenAt: slot, ...(parent && { parent }) })).ref;
  }
  const nothing = await timed(1, () => prune({ store: createFsStore({ root }), policy: {}, now: 1, graceMs: 0 }));
  const most = await timed(1, () => prune({ store: createFsStore({ root }), policy: { last: 10 }, now: 2, graceMs: 0 }));
  const after = await timed(1, () => verifyStores({ stores: [{ name: 'fs', store: createFsStore({ root }) }], full: true }));
  if (after.last.damage.length > 0 || after.last.snapshots !== 10) throw new Error('the collection took something that is needed');
  return {
    gcSnapshots: count, gcKeepAllMs: nothing.ms, gcKeepTenMs: most.ms,
    gcMergedPacks: nothing.last.collected!.removed, gcRemovedPacks: most.last.collected!.removed, gcMovedPages: most.last.collected!.moved,
  };
}
