import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { emptyState } from '@beamline/deployer';
import { createFsEnvironmentStore } from '@beamline/deployer/fs';
import { formatRef, imageRoot, readImage, writeImage, type SnapshotRef, type WorldImage } from '@beamline/persistence';
import { createFsStore } from '@beamline/persistence/fs';
import { startS3Server, type S3Server } from '../packages/persistence/test/s3-server.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROGRAM = ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', join(ROOT, 'apps/cli/src/main.ts')];
const KEY = 'ab'.repeat(32);
const process_ = 'p'.repeat(43);

let folder: string;
let server: S3Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-backup-'));
  server = await startS3Server();
  const config = {
    game: 'arena', version: '1.0.0', roles: { world: { entry: './world.ts' } },
    environments: {
      live: {
        network: { kind: 'local' },
        backup: {
          stores: [{ fs: './backups' }, { name: 'cloud', s3: { endpoint: server.endpoint, bucket: server.bucket, prefix: 'arena/live', accessKey: 'env:S3_ACCESS', secretKey: 'file:./s3.secret' } }],
          encryption: { key: 'file:./backup.key' },
          keep: { last: 2 },
        },
      },
    },
  };
  await writeFile(join(folder, 'beamline.config.ts'), `export default ${JSON.stringify(config)};`);
  await writeFile(join(folder, 'backup.key'), `${KEY}\n`, { mode: 0o600 });
  await writeFile(join(folder, 's3.secret'), 'S3RVER', { mode: 0o600 });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shapes are what is tested
async function beamline(...argv: string[]): Promise<{ exit: number | null; result: any; said: string }> {
  const child = spawn(process.execPath, [...PROGRAM, 'backup', ...argv, '--json'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, S3_ACCESS: 'S3RVER' } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => { out += text; });
  child.stderr.on('data', (text) => { err += text; });
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  expect(out + err).not.toContain(KEY);
  return { exit, result: out === '' ? undefined : JSON.parse(out), said: err };
}

const image = (slot: number): WorldImage => ({
  slot, layout: 'l', tables: [{ name: 'Score', columns: [{ name: '$entity', kind: 'eid' }, { name: 'points', kind: 'u32' }], rows: 2000, data: [Array.from({ length: 2000 }, (_, n) => n), Array.from({ length: 2000 }, (_, n) => n * slot)], stamps: [slot, slot] }],
});
async function played(slots: number): Promise<SnapshotRef[]> {
  const store = createFsStore({ root: join(folder, '.beamline/live/snapshots') });
  const refs: SnapshotRef[] = [];
  for (let slot = 1; slot <= slots; slot += 1) refs.push((await writeImage({ store, image: image(slot), game: 'arena', role: 'world', process: process_, takenAt: 1_700_000_000_000 + slot })).ref);
  await createFsEnvironmentStore({ root: join(folder, '.beamline') }).write({ ...emptyState('live', 'arena'), release: 'r1', instances: { 'world-0': { process: process_, release: 'r1' } as never } });
  await mkdir(join(folder, '.beamline/releases/r1'), { recursive: true });
  await writeFile(join(folder, '.beamline/releases/r1/manifest.json'), '{}');
  return refs;
}

it('backs up to a folder and a bucket, prunes, survives the loss of the machine, and proves it', async () => {
  const refs = await played(4);
  const names = refs.map(formatRef);
  expect(await beamline('create', 'live', '--no-snapshot')).toMatchObject({ exit: 0, result: { complete: true, files: ['fs', 'cloud'], snapshots: [{ ref: names[3], stores: ['fs', 'cloud'] }] } });
  expect(await beamline('prune', 'live', '--local')).toMatchObject({ exit: 0, result: { stores: [{ store: 'local', dropped: [names[0], names[1]] }, {}, {}] } });
  expect(await beamline('archive', 'live', 'live.archive')).toMatchObject({ exit: 0, result: { snapshots: 1, encrypted: true } });

  // What S3 holds, by name and by content, tells nothing.
  const objects = await readdir(server.folder, { recursive: true, withFileTypes: true });
  const stored = (await Promise.all(objects.filter((entry) => entry.isFile()).map(async (entry) => `${entry.name} ${await readFile(join(entry.parentPath, entry.name), 'latin1')}`))).join('\n');
  for (const text of ['Score', process_, refs[3]!.sha256, KEY]) expect(stored).not.toContain(text);

  // The machine is lost, and the folder of backups is damaged.
  await rm(join(folder, '.beamline'), { recursive: true });
  const packs = (await readdir(join(folder, 'backups/packs'))).map((name) => join(folder, 'backups/packs', name));
  for (const pack of packs) await writeFile(pack, (await readFile(pack)).map((byte, n) => (n === 100 ? byte ^ 1 : byte)));
  expect(await beamline('verify', 'live', '--full')).toMatchObject({ exit: 1, result: { damage: [{ store: 'fs', mendableFrom: ['cloud'] }] } });
  expect(await beamline('verify', 'live', '--full', '--repair')).toMatchObject({ exit: 0, result: { damage: [{ store: 'fs', mended: true }] } });
  expect(await beamline('fetch', 'live')).toMatchObject({ exit: 0, result: { fetched: [names[3]] } });
  expect(imageRoot(await readImage(createFsStore({ root: join(folder, '.beamline/live/snapshots') }), refs[3]!))).toBe(imageRoot(image(4)));

  expect(await beamline('extract', 'live', 'live.archive', 'elsewhere')).toMatchObject({ exit: 0 });
  expect(await beamline('list', 'live', '--state', 'elsewhere')).toMatchObject({ exit: 0, result: { snapshots: [{ ref: names[3], instance: 'world-0', stores: ['local', 'fs', 'cloud'] }] } });
}, 120_000);
