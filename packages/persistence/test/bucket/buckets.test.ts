import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createFsBucket, nodeDisk } from '../../src/fs.ts';
import { createBucketStore, createMemoryBucket } from '../../src/index.ts';
import { describeBucket, describeSnapshotStore, failingDisk } from '../../src/testing.ts';

const inFolder = async <T>(use: (root: string) => T) => {
  const root = await mkdtemp(join(tmpdir(), 'bucket-'));
  return { made: use(join(root, 'objects')), dispose: () => rm(root, { recursive: true }) };
};

describeBucket('memory', async () => ({ bucket: createMemoryBucket(), dispose: async () => undefined }));
describeBucket('fs', async () => {
  const { made, dispose } = await inFolder((root) => createFsBucket({ root }));
  return { bucket: made, dispose };
});
describeSnapshotStore('memory bucket', async () => ({ store: createBucketStore(createMemoryBucket()), dispose: async () => undefined }));
describeSnapshotStore('fs bucket', async () => {
  const { made, dispose } = await inFolder((root) => createBucketStore(createFsBucket({ root })));
  return { store: made, dispose };
});

it('an fs bucket refuses a name that leads out of its folder', async () => {
  const { made, dispose } = await inFolder((root) => createFsBucket({ root }));
  for (const name of ['../secret', 'a/../../b', '/etc/passwd', 'a//b', '', 'a\\b']) {
    await expect(made.put(name, new Uint8Array(1))).rejects.toMatchObject({ code: 'persistence/bad-ref' });
    await expect(made.remove([name])).rejects.toMatchObject({ code: 'persistence/bad-ref' });
    expect(await made.get(name)).toBeUndefined();
  }
  await dispose();
});

it('an fs bucket after a power cut at any operation holds the object before or the object after, and keeps what it acknowledged', async () => {
  for (let failAt = 1; ; failAt += 1) {
    const { made: root, dispose } = await inFolder((folder) => folder);
    const [before, after] = [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6, 7, 8)];
    await createFsBucket({ root }).put('a/kept', before);
    await createFsBucket({ root }).put('a/gone', before);
    const doomed = createFsBucket({ root, disk: failingDisk(nodeDisk, failAt) });
    const acknowledged: string[] = [];
    const outcome = await doomed.put('a/kept', after).then(() => acknowledged.push('put'))
      .then(() => doomed.remove(['a/gone'])).then(() => acknowledged.push('remove'))
      .then(() => doomed.get('a/kept')).then(() => 'done', (error: { code: string }) => error.code);
    const survivor = createFsBucket({ root });
    const kept = await survivor.get('a/kept');
    if (acknowledged.includes('put')) expect(kept).toEqual(after);
    else expect([before, after]).toContainEqual(kept);
    const gone = await survivor.get('a/gone');
    if (acknowledged.includes('remove')) expect(gone).toBeUndefined();
    else expect([before, undefined]).toContainEqual(gone);
    await dispose();
    if (outcome === 'done') break;
    expect(outcome).toMatch(/^persistence\/(write|read)-failed$/);
  }
});
