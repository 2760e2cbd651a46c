import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fault } from '@beamline/core';
import { openArchiveFile, writeArchiveFile } from '../../src/fs.ts';
import {
  archiveSnapshots, createBucketStore, createEncryptedBucket, createMemoryBucket, createMemoryStore, importArchive, readImage, sealKey, writeImage, type Bucket, type KeyRing, type SnapshotRef,
} from '../../src/index.ts';
import { imageOfWorld, sampleWorld } from '../sample-world.ts';

const keys: KeyRing = [sealKey('ab'.repeat(32))];
const image = imageOfWorld(sampleWorld(undefined, 8), 42);
const write = (bucket: Bucket) => writeImage({ store: createBucketStore(bucket), image, game: 'arena', role: 'world', process: 'p'.repeat(43) });
/** One bit of each byte, another from byte to byte. */
function* flips(whole: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < whole.length; at += 1) {
    const flipped = Uint8Array.from(whole);
    flipped[at]! ^= 1 << at % 8;
    yield flipped;
  }
}
const outcomeOf = async (work: Promise<unknown>) => work.then(() => 'exact', (error: Fault) => error.code ?? String(error));

describe.each([
  ['plain', (bucket: Bucket): Bucket => bucket, /^(exact|persistence\/(hash-mismatch|missing|manifest-(damaged|version)))$/],
  ['encrypted', (bucket: Bucket): Bucket => createEncryptedBucket({ bucket, keys }), /^persistence\/(hash-mismatch|sealed-damaged|not-sealed|sealed-version|unknown-key)$/],
] as const)('a %s backup', (_kind, wrap, expected) => {
  it('of which any byte is flipped is read exactly, or refused by code', async () => {
    const whole = createMemoryBucket();
    const { ref } = await write(wrap(whole));
    const outcomes = new Map<string, number>();
    for (const [name, bytes] of whole.objects) {
      for (const flipped of flips(bytes)) {
        const bucket = createMemoryBucket(new Map(whole.objects).set(name, flipped));
        const outcome = await outcomeOf(readImage(createBucketStore(wrap(bucket)), ref).then((read) => expect(read).toEqual(image)));
        expect(outcome).toMatch(expected);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    expect(outcomes.size).toBeGreaterThan(1);
  });
});

describe('an archive file', () => {
  let folder: string;
  let ref: SnapshotRef;
  const bucket = createMemoryBucket();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flipped-'));
    ({ ref } = await write(bucket));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['plain', undefined, /^persistence\/archive-(damaged|version)$/],
    ['encrypted', keys, /^persistence\/(sealed-damaged|not-sealed|sealed-version|unknown-key|archive-damaged)$/],
  ] as const)('%s, of which any byte is flipped is refused before anything of it is imported', async (_kind, ring, expected) => {
    const path = join(folder, 'live.archive');
    await writeArchiveFile({ path, bytes: archiveSnapshots({ store: createBucketStore(bucket), refs: [ref] }), ...(ring && { keys: ring }) });
    const whole = await readFile(path);
    for (const flipped of flips(whole)) {
      await writeFile(path, flipped);
      const store = createMemoryStore();
      const outcome = await outcomeOf((async () => {
        const archive = await openArchiveFile(path, { keys });
        await importArchive({ archive, store }).finally(() => archive.close());
      })());
      expect(outcome).toMatch(expected);
      for await (const listed of store.list()) expect(listed).toBeUndefined();
    }
  });
});
