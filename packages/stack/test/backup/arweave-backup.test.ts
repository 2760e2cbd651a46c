import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startLocalNetwork, type LocalNetwork } from '@beamline/ao/local';
import { systemClock } from '@beamline/core';
import { emptyState } from '@beamline/deployer';
import { createFsEnvironmentStore } from '@beamline/deployer/fs';
import { imageRoot, readImage, writeImage } from '@beamline/persistence';
import { createFsStore } from '@beamline/persistence/fs';
import type { BackupConfig } from '../../src/backup/backup-config.ts';
import { createBackup } from '../../src/backup/create-backup.ts';
import { openBackupStores } from '../../src/backup/open-backup-stores.ts';
import type { Environment } from '../../src/environment/environment.ts';
import { stateFolder } from '../../src/state-folder.ts';

let root: string;
let server: LocalNetwork;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'arweave-backup-'));
  server = await startLocalNetwork({ dir: join(root, 'network'), clock: systemClock });
  await writeFile(join(root, 'wallet'), '51'.repeat(32), { mode: 0o600 });
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

it('keeps encrypted backups on Arweave, beside a folder that is pruned, and gives them back elsewhere', async () => {
  const config: BackupConfig = {
    stores: [{ fs: './copies' }, { arweave: { upload: `${server.url}/gw`, gateway: `${server.url}/gw`, signer: 'file:wallet', scope: 'arena/live' } }],
    encryption: { key: 'env:KEY' },
    keep: { last: 1 },
  };
  const places = { root, env: { KEY: 'ab'.repeat(32) } };
  const state = join(root, 'machine');
  const process = 'p'.repeat(43);
  const local = createFsStore({ root: join(state, 'live/snapshots') });
  const image = (slot: number) => ({ slot, layout: 'l', tables: [{ name: 'Score', columns: [{ name: '$entity', kind: 'eid' as const }], rows: 2, data: [[1, slot]], stamps: [slot] }] });
  await createFsEnvironmentStore({ root: state }).write({ ...emptyState('live', 'arena'), instances: { 'world-0': { process } as never } });
  await mkdir(join(state, 'live/anchors'), { recursive: true });
  await writeFile(join(state, 'live/anchors/world-0.json'), '{}');
  const backup = createBackup({
    game: 'arena', config, environment: { name: 'live' } as Environment, folder: stateFolder({ root, environment: 'live', state }), places, clock: systemClock,
  });

  const refs = [];
  for (const slot of [4, 9]) {
    refs.push((await writeImage({ store: local, image: image(slot), game: 'arena', role: 'world', process, takenAt: systemClock.now() - 1_000 + slot })).ref);
    expect(await backup.create({ snapshot: false })).toMatchObject({ complete: true, files: ['fs', 'arweave'], failed: [] });
  }
  expect(await backup.prune()).toMatchObject([{ store: 'fs', dropped: [expect.any(String)] }, { store: 'arweave', kept: 2, dropped: [] }]);

  const [, arweave] = await openBackupStores({ config, clock: systemClock, ...places });
  expect(imageRoot(await readImage(arweave!.store, refs[0]!))).toBe(imageRoot(image(4)));
  const listed = await (await fetch(`${server.url}/gw/graphql`, { method: 'POST', body: JSON.stringify({ query: '', variables: { tags: [{ name: 'Scope', values: ['arena/live'] }], first: 100 } }) })).text();
  expect(listed).not.toContain(process);
});
