import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  createArweaveBucket, createArweaveStore, createBucketStore, createEncryptedBucket, imageRoot, permanentStore, prune, readImage, replicated, sealKey, writeImage, createMemoryStore,
  type SnapshotStore,
} from '../../src/index.ts';
import { describeArweave } from '../../src/testing/arweave-contract.ts';
import { createMemoryArweave, type MemoryArweave } from '../../src/testing/memory-arweave.ts';
import { describeSnapshotStore } from '../../src/testing/snapshot-store-contract.ts';
import { createManualClock } from '@beamline/core/testing';
import { imageOfWorld, sampleWorld } from '../sample-world.ts';
import { PROCESS, signerNamed } from './anchor-world.ts';

const signer = signerNamed('studio');
const at = { now: () => 1_700_000_000_000, sleep: async () => undefined };
const storeOn = (arweave: MemoryArweave, scope = 'arena/live', by = signer): SnapshotStore =>
  createArweaveStore({ arweave, signer: by, clock: at, scope, visibleWithinMs: 2_000 });

describeArweave('memory', async () => {
  const arweave = createMemoryArweave();
  return { arweave, signer, stranger: signerNamed('stranger'), mine: arweave.mine, dispose: async () => undefined };
});

describeSnapshotStore('arweave', async () => ({ store: storeOn(createMemoryArweave()), dispose: async () => undefined }));

describeSnapshotStore('arweave, encrypted', async () => {
  const bucket = createArweaveBucket({ arweave: createMemoryArweave(), signer, clock: at, scope: 'arena/live' });
  const keys = [sealKey('cd'.repeat(32)), sealKey('ab'.repeat(32))] as const;
  return { store: permanentStore(createBucketStore(createEncryptedBucket({ bucket, keys }))), dispose: async () => undefined };
});

describe('a store on Arweave', () => {
  let arweave: MemoryArweave;
  const image = imageOfWorld(sampleWorld(undefined, 1_500), 9);
  const write = (store: SnapshotStore) => writeImage({ store, image, game: 'arena', role: 'world', process: PROCESS });
  const refsIn = async (store: SnapshotStore) => {
    const refs = [];
    for await (const ref of store.list()) refs.push(ref);
    return refs;
  };
  beforeEach(() => { arweave = createMemoryArweave(); });

  it('gives a snapshot back on a machine that knows nothing but the owner and the scope', async () => {
    const { ref, root } = await write(storeOn(arweave));
    const elsewhere = storeOn(arweave);
    expect(await refsIn(elsewhere)).toEqual([ref]);
    expect(imageRoot(await readImage(elsewhere, ref))).toBe(root);
    expect(await refsIn(storeOn(arweave, 'arena/staging'))).toEqual([]);
    expect(await refsIn(storeOn(arweave, 'arena/live', signerNamed('stranger')))).toEqual([]);
  });

  it('puts a few items for a snapshot, and none for one that is there', async () => {
    await write(storeOn(arweave));
    const items = arweave.uploads().length;
    expect(items).toBeLessThanOrEqual(3);
    const before = arweave.uploads().length;
    await storeOn(arweave).putPages([]);
    expect(arweave.uploads().length).toBe(before);
  });

  it('is whole or not listed when Arweave fails at any call, and can be repeated', async () => {
    for (let failAt = 1; ; failAt += 1) {
      arweave = createMemoryArweave();
      const store = storeOn(arweave);
      arweave.failFrom(failAt);
      const outcome = await write(store).then(() => 'done', (error: { code: string }) => error.code);
      arweave.failFrom(Infinity);
      for (const ref of await refsIn(storeOn(arweave))) expect(imageRoot(await readImage(storeOn(arweave), ref))).toBe(imageRoot(image));
      const { ref } = await write(storeOn(arweave));
      expect(imageRoot(await readImage(storeOn(arweave), ref))).toBe(imageRoot(image));
      if (outcome === 'done') break;
      expect(outcome).toMatch(/^persistence\/(write|read)-failed$/);
    }
  });

  it('does not call a put done before it can be read again', async () => {
    const hiding: MemoryArweave = { ...arweave, async *find(query) { if (query.ids === undefined) yield* arweave.find(query); } };
    const clock = createManualClock();
    const store = createArweaveStore({ arweave: hiding, signer, clock, scope: 's', visibleWithinMs: 2_000, everyMs: 1_000 });
    const put = write(store).then(() => 'done', (error: { code: string; retryable: boolean }) => error);
    for (let n = 0; n < 5; n += 1) {
      await new Promise(setImmediate);
      await clock.advance(1_000);
    }
    expect(await put).toMatchObject({ code: 'persistence/write-failed', retryable: true });
  });

  it('passes over packs and manifests of others, and names damage', async () => {
    const { ref } = await write(storeOn(arweave));
    const bent: MemoryArweave = {
      ...arweave,
      async bytes(id, length) {
        const bytes = (await arweave.bytes(id, length))?.slice();
        if (bytes !== undefined && Buffer.from(bytes).includes('BLPK')) bytes[bytes.length - 5]! ^= 1;
        return bytes;
      },
    };
    await expect(readImage(storeOn(bent), ref)).rejects.toMatchObject({ code: 'persistence/hash-mismatch' });
  });

  it('removes nothing, and says so', async () => {
    const store = storeOn(arweave);
    const { ref } = await write(store);
    await expect(store.delete([ref])).rejects.toMatchObject({ code: 'persistence/permanent' });
    await store.delete([]);
    const bucket = createArweaveBucket({ arweave, signer, clock: at, scope: 'arena/live' });
    await bucket.put('notes/a', Uint8Array.of(1));
    await expect(bucket.remove(['notes/a'])).rejects.toMatchObject({ code: 'persistence/permanent' });
    await bucket.remove(['notes/none']);
  });

  it('is left alone by retention, which still prunes the stores beside it', async () => {
    const [remote, local] = [storeOn(arweave), createMemoryStore()];
    const both = replicated({ stores: [{ name: 'local', store: local }, { name: 'arweave', store: remote }] });
    for (const slot of [1, 2, 3]) await writeImage({ store: both, image: { ...image, slot }, game: 'arena', role: 'world', process: PROCESS, takenAt: slot * 1_000 });
    expect(await prune({ store: remote, policy: { last: 1 }, now: 10_000 })).toMatchObject({ drop: [], keep: [{}, {}, {}] });
    const [oldest] = await refsIn(local);
    await both.delete([oldest!]);
    expect([(await refsIn(local)).length, (await refsIn(remote)).length]).toEqual([2, 3]);
  });

  it('lets the later of two puts win, and keeps fleeting objects to itself', async () => {
    const bucket = createArweaveBucket({ arweave, signer, clock: at, scope: 's' });
    await bucket.put('a/b', Uint8Array.of(1));
    await bucket.put('a/b', Uint8Array.of(2, 2));
    await bucket.put('a/c', Uint8Array.of(3), { fleeting: true });
    const other = createArweaveBucket({ arweave, signer, clock: at, scope: 's' });
    expect(await other.get('a/b')).toEqual(Uint8Array.of(2, 2));
    expect(await other.get('a/c')).toBeUndefined();
    expect(await bucket.get('a/c')).toEqual(Uint8Array.of(3));
    await bucket.remove(['a/c']);
    const names = [];
    for await (const { name, sizeBytes } of bucket.list('a/')) names.push(`${name} ${sizeBytes}`);
    expect(names).toEqual(['a/b 2']);
  });
});
