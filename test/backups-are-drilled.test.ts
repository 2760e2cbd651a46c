import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ethereumSigner } from '@beamline/ao';
import { createStack, type BeamlineConfig, type Environment, type Stack, type TimelineEvent } from '@beamline/stack';

const KEY = 'ab'.repeat(32);
const config: BeamlineConfig = {
  game: 'scores',
  version: '1.0.0',
  roles: { board: { entry: 'v1.ts' } },
  environments: {
    local: {
      network: { kind: 'local' },
      bakeMs: 0,
      recovery: { within: '10s' },
      backup: { stores: [{ name: 'cellar', fs: './cellar' }, { name: 'attic', fs: './attic' }], encryption: { key: 'env:BACKUP_KEY' }, keep: { last: 0 } },
    },
  },
};
let folder: string;
let stack: Stack;
let local: Environment;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drilled-'));
  const placed = structuredClone(config.environments['local']!.backup!);
  const stores = [{ name: 'cellar', fs: join(folder, 'cellar') }, { name: 'attic', fs: join(folder, 'attic') }];
  const environments = { local: { ...config.environments['local']!, backup: { ...placed, stores } } };
  stack = createStack({ ...config, environments, lock: join(folder, 'world.lock') }, { root: join(import.meta.dirname, 'cli-game'), state: join(folder, 'state'), env: { BACKUP_KEY: KEY } });
  local = stack.environment('local');
  await local.deploy(await local.plan((await stack.bundle()).release.id));
});
afterAll(async () => {
  await stack.close();
  await rm(folder, { recursive: true });
});

let sent = 0;
async function score(): Promise<void> {
  const { network } = await local.parts();
  const player = ethereumSigner('11'.repeat(32));
  sent += 1;
  const tags = Object.entries({ Action: 'Add', Points: '1', Seq: `${sent}` }).map(([name, value]) => ({ name, value }));
  await network.send(await network.signMessage(player, { target: (await local.resolve('board-0'))!, tags, data: '' }));
}

/** Protection runs until it has told of this. */
async function protectUntil(isIt: (event: TimelineEvent) => boolean): Promise<void> {
  const stop = new AbortController();
  const quiet = local.events.subscribe((event) => {
    if (isIt(event)) stop.abort();
  });
  await local.protect(stop.signal);
  quiet();
}

it('takes a first backup by itself and proves it from the store it would come back from', async () => {
  await score();
  await protectUntil(({ kind }) => kind === 'drill');
  const { snapshots } = await stack.backup('local').list();
  expect(snapshots).toMatchObject([{ instance: 'board-0', drill: 'good', stores: ['local', 'cellar', 'attic'] }]);
  const [recovery] = await local.recovery();
  expect(recovery).toMatchObject({ instance: 'board-0', withinMs: 10_000, cadence: { reachable: true }, alerts: [] });
  expect(recovery!.proved!.recoveryMs).toBeGreaterThan(0);
  expect(await local.prometheusText()).toMatch(/beamline_recovery_time_seconds\{instance="board-0",role="board"\} [\d.]+/);
});

it('drills the stores in turn, or the one that is named', async () => {
  await score();
  const stores = [];
  for (const from of [undefined, undefined, 'cellar']) {
    stores.push((await local.drill('board-0', from === undefined ? {} : { from })).report.store);
  }
  expect(stores).toEqual(['attic', 'cellar', 'cellar']);
  await expect(local.drill('board-0', { from: 'roof' })).rejects.toMatchObject({ code: 'stack/unknown-store', hint: 'There are cellar, attic.' });
});

it('prunes by itself, and keeps the newest backup that was proved, whatever the policy drops', async () => {
  await local.snapshot();
  await score();
  await local.snapshot();
  await stack.backup('local').create({ snapshot: false });
  const before = (await stack.backup('local').list()).snapshots;
  expect(before.map(({ drill }) => drill)).toContain(undefined);
  await protectUntil((event) => event.kind === 'note' && event.text.startsWith('Dropped backups that the policy does not keep: '));
  const inCellar = (await stack.backup('local').list()).snapshots.filter(({ stores }) => stores.includes('cellar'));
  expect(inCellar.length).toBeLessThan(before.length);
  expect(inCellar.map(({ drill }) => drill)).toContain('good');
});

it('calls a backup bad that was damaged where it lies, and says so', async () => {
  const { snapshots } = await stack.backup('local').list();
  for (const name of await readdir(join(folder, 'attic/packs'))) await writeFile(join(folder, 'attic/packs', name), 'torn');
  expect(snapshots.length).toBeGreaterThan(0);
  const { report } = await local.drill('board-0', { from: 'attic' });
  expect(report).toMatchObject({ outcome: 'bad', store: 'attic' });
  expect((await local.recovery())[0]!.alerts).toMatchObject([{ code: 'persistence/drill-failed' }]);
});
