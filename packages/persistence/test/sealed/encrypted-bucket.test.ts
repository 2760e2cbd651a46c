import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createBucketStore, createEncryptedBucket, createMemoryBucket, sealKey, writeImage, readImage, type KeyRing } from '../../src/index.ts';
import { openSealed, sealBytes } from '../../src/sealed/seal-bytes.ts';
import { CHUNK, plainSize, sealedSize } from '../../src/sealed/sealed-format.ts';
import { describeBucket, describeSnapshotStore } from '../../src/testing.ts';
import { imageOfWorld, sampleWorld } from '../sample-world.ts';

const OLD = 'a1'.repeat(32);
const NEW = 'b2'.repeat(32);
const keys: KeyRing = [sealKey(OLD)];
const refusal = expect.objectContaining({ code: expect.stringMatching(/^persistence\/(sealed-damaged|not-sealed|sealed-version|unknown-key)$/) }) as unknown as Error;
const tampered = expect.objectContaining({ code: 'persistence/sealed-damaged' }) as unknown as Error;
const codeOf = async (work: Promise<unknown>) => work.then(() => 'nothing', (error: { code?: string }) => error.code ?? String(error));

describeBucket('encrypted', async () => ({ bucket: createEncryptedBucket({ bucket: createMemoryBucket(), keys }), dispose: async () => undefined }));
describeSnapshotStore('encrypted bucket', async () => ({
  store: createBucketStore(createEncryptedBucket({ bucket: createMemoryBucket(), keys })), dispose: async () => undefined,
}));

describe('sealed bytes', () => {
  it('have the size that was announced, around every border of a chunk', () => {
    for (const size of [0, 1, 15, 16, CHUNK - 1, CHUNK, CHUNK + 1, CHUNK + 15, CHUNK + 16, CHUNK + 17, 2 * CHUNK, 3 * CHUNK + 5]) {
      const plain = new Uint8Array(size).fill(7);
      const sealed = sealBytes(keys, 'a/b', plain);
      expect(sealed.length).toBe(sealedSize(size));
      expect(plainSize(sealed.length)).toBe(size);
      expect(Buffer.compare(openSealed(keys, 'a/b', sealed), plain)).toBe(0);
    }
  });

  it('are refused after any bit flipped', () => {
    const sealed = sealBytes(keys, 'a/b', Uint8Array.from({ length: 60 }, (_, n) => n));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Uint8Array.from(sealed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => openSealed(keys, 'a/b', flipped)).toThrow(refusal);
    }
  });

  it('are refused when cut anywhere, also between chunks', () => {
    const sealed = sealBytes(keys, 'a/b', new Uint8Array(2 * CHUNK + 10));
    const lengths = [...Array.from({ length: 80 }, (_, n) => n), ...[1, 2].flatMap((n) => [-17, -16, -1, 0, 1, 16, 17].map((off) => 56 + n * (CHUNK + 16) + off)), sealed.length - 1];
    for (const length of lengths) expect(() => openSealed(keys, 'a/b', sealed.subarray(0, length))).toThrow(refusal);
  });

  it('are refused under another name, with chunks swapped, or with another\'s chunks', () => {
    const [one, two] = [sealBytes(keys, 'a/b', new Uint8Array(3 * CHUNK)), sealBytes(keys, 'a/b', new Uint8Array(3 * CHUNK))];
    expect(() => openSealed(keys, 'a/c', one)).toThrow(tampered);
    const size = CHUNK + 16;
    const chunk = (of: Uint8Array, n: number) => of.subarray(56 + n * size, 56 + (n + 1) * size);
    for (const forged of [[one.subarray(0, 56), chunk(one, 1), chunk(one, 0), chunk(one, 2)], [one.subarray(0, 56), chunk(one, 0), chunk(two, 1), chunk(one, 2)]]) {
      expect(() => openSealed(keys, 'a/b', Buffer.concat(forged))).toThrow(tampered);
    }
  });

  it('never repeat themselves: the same bytes under the same name look different each time', () => {
    const all = new Set(Array.from({ length: 200 }, () => Buffer.from(sealBytes(keys, 'a/b', new Uint8Array(32))).toString('hex', 24)));
    expect(all.size).toBe(200);
  });
});

describe('a key', () => {
  it('is 32 bytes in hex or base64, or refused without a word of it', () => {
    expect(sealKey(Buffer.from(OLD, 'hex').toString('base64')).id).toBe(sealKey(OLD).id);
    expect(sealKey(` ${OLD}\n`).id).toBe(sealKey(OLD).id);
    for (const text of ['', 'correct horse battery staple', OLD.slice(2), `${OLD}ff`]) {
      let fault: unknown;
      try { sealKey(text); } catch (error) { fault = error; }
      expect(fault).toMatchObject({ code: 'persistence/bad-key' });
      if (text !== '') expect(inspect(fault, { depth: 9 })).not.toContain(text);
    }
  });

  it('shows itself nowhere: not printed, not inspected, not in JSON, not in what it sealed or in errors', async () => {
    const objects = new Map<string, Uint8Array>();
    const bucket = createEncryptedBucket({ bucket: createMemoryBucket(objects), keys });
    await bucket.put('packs/one', Buffer.from('the world'));
    const stranger = createEncryptedBucket({ bucket: createMemoryBucket(objects), keys: [sealKey(NEW)] });
    const errors = await Promise.all([
      (async () => { for await (const _ of stranger.list('packs/')) expect(_).toBeUndefined(); })(),
      (async () => openSealed([sealKey(NEW)], 'packs/one', [...objects.values()][0]!))(),
      (async () => openSealed(keys, 'packs/two', [...objects.values()][0]!))(),
    ].map((work) => work.then(() => 'nothing', (error: unknown) => error)));
    expect(errors).toMatchObject([{ code: 'persistence/unknown-key' }, { code: 'persistence/unknown-key' }, { code: 'persistence/sealed-damaged' }]);
    const shown = [keys, bucket, stranger, ...errors].map((one) => `${String(one)} ${inspect(one, { depth: 9, showHidden: true })} ${JSON.stringify(one)}`).join();
    const stored = [...objects].map(([name, bytes]) => `${name} ${Buffer.from(bytes).toString('hex')}`).join();
    const forms = [OLD, NEW].flatMap((key) => ['hex', 'base64', 'base64url', 'latin1'].map((form) => Buffer.from(key, 'hex').toString(form as 'hex').replace(/=+$/, '')));
    for (const form of forms) expect(shown + stored).not.toContain(form);
    for (const bytes of [OLD, NEW].map((key) => [...Buffer.from(key, 'hex')].slice(0, 4).join(','))) expect(shown).not.toContain(bytes);
  });
});

describe('an encrypted store', () => {
  const image = imageOfWorld(sampleWorld(undefined, 60), 42);
  const write = (bucket: ReturnType<typeof createMemoryBucket>, ring: KeyRing, slot = 42) =>
    writeImage({ store: createBucketStore(createEncryptedBucket({ bucket, keys: ring })), image: { ...image, slot }, game: 'arena', role: 'world', process: 'p'.repeat(43) });

  it('tells nothing of content or names: neither texts, nor process, nor hashes', async () => {
    const bucket = createMemoryBucket();
    const { ref, root } = await write(bucket, keys);
    const seen = [...bucket.objects].map(([name, bytes]) => `${name} ${Buffer.from(bytes).toString('latin1')} ${Buffer.from(bytes).toString('hex')}`).join('\n');
    for (const secret of ['arena', 'player', 'ppppp', ref.sha256, root, Buffer.from('arena').toString('hex'), OLD]) expect(seen).not.toContain(secret);
  });

  it('reads with the old key what the old key sealed, after a rotation, and writes with the new one', async () => {
    const bucket = createMemoryBucket();
    const first = await write(bucket, keys);
    const ring: KeyRing = [sealKey(NEW), sealKey(OLD)];
    const second = await write(bucket, ring, 43);
    const rotated = createBucketStore(createEncryptedBucket({ bucket, keys: ring }));
    expect(await readImage(rotated, first.ref)).toEqual(image);
    expect(await readImage(rotated, second.ref)).toEqual({ ...image, slot: 43 });
    const byNew = [...bucket.objects.keys()].filter((name) => name.includes(`/${sealKey(NEW).id.slice(0, 8)}.`));
    expect(byNew.some((name) => name.startsWith('manifests/'))).toBe(true);
  });

  it('with a key missing says so, instead of looking empty or letting a collection run', async () => {
    const bucket = createMemoryBucket();
    const { ref } = await write(bucket, keys);
    const before = bucket.objects.size;
    const stranger = createBucketStore(createEncryptedBucket({ bucket, keys: [sealKey(NEW)] }));
    expect(await codeOf((async () => { for await (const one of stranger.list()) expect(one).toBeUndefined(); })())).toBe('persistence/unknown-key');
    expect(await codeOf(stranger.collect!({ contentsOf: async () => [], now: 1, graceMs: 0 }))).toBe('persistence/unknown-key');
    expect(await codeOf(stranger.putPages([]))).toBe('persistence/unknown-key');
    expect(await codeOf(stranger.getManifest(ref))).toBe('persistence/missing');
    expect(bucket.objects.size).toBe(before);
  });

  it('refuses an object that somebody swapped for another of its own', async () => {
    const bucket = createMemoryBucket();
    const [one, two] = [await write(bucket, keys, 1), await write(bucket, keys, 2)];
    const names = [...bucket.objects.keys()].filter((name) => name.startsWith('manifests/'));
    const [a, b] = names.map((name) => bucket.objects.get(name)!);
    bucket.objects.set(names[0]!, b!);
    bucket.objects.set(names[1]!, a!);
    const store = createBucketStore(createEncryptedBucket({ bucket, keys }));
    for (const { ref } of [one, two]) expect(await codeOf(store.getManifest(ref))).toBe('persistence/sealed-damaged');
  });
});
