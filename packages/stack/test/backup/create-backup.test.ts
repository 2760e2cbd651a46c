import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { emptyState } from '@beamline/deployer';
import { createFsEnvironmentStore } from '@beamline/deployer/fs';
import { formatRef, readImage, writeImage, type SnapshotRef } from '@beamline/persistence';
import { createFsStore } from '@beamline/persistence/fs';
import type { BackupConfig } from '../../src/backup/backup-config.ts';
import { createBackup } from '../../src/backup/create-backup.ts';
import type { Environment } from '../../src/environment/environment.ts';
import { stateFolder } from '../../src/state-folder.ts';

const HOUR = 3_600_000;
const KEY = 'ab'.repeat(32);
let root: string;
beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'backup-')); });
afterEach(() => rm(root, { recursive: true }));

const process = 'p'.repeat(43);
const clock = createManualClock(Date.UTC(2026, 5, 17, 12));
const take = async (state: string, slot: number, takenAt = clock.now()): Promise<SnapshotRef> => (await writeImage({
  store: createFsStore({ root: join(state, 'live/snapshots') }), game: 'arena', role: 'world', process, takenAt,
  image: { slot, layout: 'l', tables: [{ name: 'Score', columns: [{ name: '$entity', kind: 'eid' }], rows: 3, data: [[1, slot, 3]], stamps: [slot] }] },
})).ref;

/** A machine: its state folder, and the backup the config describes. */
async function machine(name: string, config: BackupConfig | undefined, env: Record<string, string> = {}, now = clock) {
  const state = join(root, name);
  const folder = stateFolder({ root, environment: 'live', state });
  let next = 0;
  const environment = { name: 'live', snapshot: async () => { next += 1; return [{ ref: await take(state, next) }]; } } as unknown as Environment;
  return { state, backup: createBackup({ game: 'arena', config, environment, folder, places: { root, env }, clock: now }) };
}
async function deployed(state: string): Promise<void> {
  await createFsEnvironmentStore({ root: state }).write({ ...emptyState('live', 'arena'), release: 'r1', instances: { 'world-0': { process, release: 'r1' } as never } });
  await mkdir(join(state, 'releases/r1'), { recursive: true });
  await writeFile(join(state, 'releases/r1/manifest.json'), '{"id":"r1"}');
  await mkdir(join(state, 'live/journal'), { recursive: true });
  await writeFile(join(state, 'live/journal/d1.journal'), 'line\n');
  await mkdir(join(state, 'live/network'), { recursive: true });
  await writeFile(join(state, 'live/network/wallet.json'), '{"d":"wallet-secret"}');
}
const two: BackupConfig = { stores: [{ fs: './one' }, { name: 'other', fs: './two' }] };
const everyFile = async (folder: string): Promise<string> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map(async (file) => `${file} ${(await readFile(file)).toString('latin1')}`))).join('\n');
};

describe('a backup', () => {
  it('brings new snapshots and the environment to every store, and a repetition nothing', async () => {
    const { state, backup } = await machine('a', two);
    await deployed(state);
    const created = await backup.create();
    expect(created).toMatchObject({ complete: true, files: ['fs', 'other'], failed: [], snapshots: [{ instance: 'world-0', stores: ['fs', 'other'], failed: [] }] });
    expect(await backup.create({ snapshot: false })).toMatchObject({ complete: true, bytes: 0 });
    expect((await backup.list()).snapshots).toMatchObject([{ instance: 'world-0', slot: 1, takenAt: clock.now(), stores: ['local', 'fs', 'other'] }]);
  });

  it('does not bring back what was pruned there, and keeps per instance what the policy says', async () => {
    const { state, backup } = await machine('a', { ...two, keep: { last: 1, daily: 2 } });
    await deployed(state);
    for (let n = 1; n <= 5; n += 1) {
      await take(state, 10 * n, clock.now() - (6 - n) * 24 * HOUR);
      await backup.create({ snapshot: false });
    }
    const plan = await backup.prune({ dryRun: true });
    expect(plan).toMatchObject([{ store: 'fs', kept: 2 }, { store: 'other', kept: 2 }]);
    expect(Object.values(plan[0]!.why).sort()).toEqual(['daily', 'expired', 'expired', 'expired', 'newest']);
    expect((await backup.list()).snapshots.filter(({ stores }) => stores.includes('fs'))).toHaveLength(5);
    await backup.prune();
    await backup.create({ snapshot: false });
    const { snapshots } = await backup.list();
    expect(snapshots.map(({ slot, stores }) => `${slot} ${stores.join()}`)).toEqual(['50 local,fs,other', '40 local,fs,other', '30 local', '20 local', '10 local']);
    await backup.prune({ local: true });
    expect((await backup.list()).snapshots.map(({ slot }) => slot)).toEqual([50, 40]);
  });

  it('counts by the policy when a store fails, names it, and catches up', async () => {
    await writeFile(join(root, 'two'), 'a file where the folder should be');
    const strict = await machine('a', two);
    await deployed(strict.state);
    const created = await strict.backup.create();
    expect(created).toMatchObject({ complete: false, files: ['fs'], failed: [{ store: 'other', code: expect.stringMatching(/^persistence\/(read|write)-failed$/) }] });
    const lenient = await machine('a', { ...two, write: 1 });
    expect(await lenient.backup.create({ snapshot: false })).toMatchObject({ complete: true });
    expect((await lenient.backup.list()).failed).toMatchObject([{ store: 'other' }]);
    await rm(join(root, 'two'));
    expect(await strict.backup.create({ snapshot: false })).toMatchObject({ complete: true, snapshots: [{ stores: ['fs', 'other'] }] });
  });

  it('comes back on a machine that lost everything: snapshots by fetch, the whole by an archive made of the stores', async () => {
    const before = await machine('a', two);
    await deployed(before.state);
    await before.backup.create();
    const ref = await take(before.state, 77);
    await before.backup.create({ snapshot: false });
    const after = await machine('b', two);
    expect(await after.backup.fetch()).toEqual([formatRef(ref)]);
    expect((await readImage(createFsStore({ root: join(after.state, 'live/snapshots') }), ref)).slot).toBe(77);
    const path = join(root, 'live.archive');
    expect(await after.backup.archive(path)).toMatchObject({ snapshots: 1, encrypted: false });
    await after.backup.extract(path, join(root, 'c'));
    const state = await createFsEnvironmentStore({ root: join(root, 'c') }).read('live');
    expect(state?.instances['world-0']?.process).toBe(process);
    expect(await readFile(join(root, 'c/releases/r1/manifest.json'), 'utf8')).toBe('{"id":"r1"}');
    expect(await readFile(join(root, 'c/live/journal/d1.journal'), 'utf8')).toBe('line\n');
    expect(await (await machine('c', two)).backup.verify({ full: true })).toMatchObject({ damage: [], unreachable: [] });
    expect(await (await machine('d', undefined)).backup.import(path)).toEqual([formatRef(ref)]);
  });

  it('comes back as it was last, also when the clock was set back in between', async () => {
    const before = await machine('a', two);
    await deployed(before.state);
    for (let n = 1; n <= 25; n += 1) {
      await writeFile(join(before.state, 'live/journal/d1.journal'), `line ${n}\n`);
      const clockThen = createManualClock(clock.now() + (n < 3 ? 400 * 24 * HOUR : -n));
      const { backup } = await machine('a', two, {}, clockThen);
      await backup.create({ snapshot: n === 1 });
      await backup.prune();
    }
    const after = await machine('b', two);
    const path = join(root, 'live.archive');
    await after.backup.archive(path);
    await after.backup.extract(path, join(root, 'c'));
    expect(await readFile(join(root, 'c/live/journal/d1.journal'), 'utf8')).toBe('line 25\n');
  });

  it('holds no wallet, and encrypted nothing that can be read, by name or content', async () => {
    const config: BackupConfig = { ...two, encryption: { key: 'env:BACKUP_KEY' } };
    const { state, backup } = await machine('a', config, { BACKUP_KEY: KEY });
    await deployed(state);
    await backup.create();
    const path = join(root, 'live.archive');
    expect(await backup.archive(path, { all: true })).toMatchObject({ encrypted: true });
    const stored = `${await everyFile(join(root, 'one'))}${await everyFile(join(root, 'two'))}${await readFile(path, 'latin1')}`;
    for (const text of ['wallet', 'arena', process, 'instances', '"id":"r1"', KEY, Buffer.from(KEY, 'hex').toString('latin1')]) expect(stored).not.toContain(text);
    const plain = await machine('b', two);
    await deployed(plain.state);
    await take(plain.state, 1);
    await plain.backup.archive(join(root, 'plain.archive'));
    expect(await readFile(join(root, 'plain.archive'), 'latin1')).not.toContain('wallet');
  });

  it('goes on with a new key, reading what the old one sealed, and says so when a key is missing', async () => {
    const env = { OLD: KEY, NEW: 'cd'.repeat(32) };
    const old = await machine('a', { ...two, encryption: { key: 'env:OLD' } }, env);
    await deployed(old.state);
    await old.backup.create();
    const rotated = await machine('a', { ...two, encryption: { key: 'env:NEW', previous: ['env:OLD'] } }, env);
    await take(rotated.state, 50);
    expect(await rotated.backup.create({ snapshot: false })).toMatchObject({ complete: true });
    expect(await rotated.backup.verify({ full: true })).toMatchObject({ damage: [], unreachable: [], snapshots: 6 });
    const forgetful = await machine('a', { ...two, encryption: { key: 'env:NEW' } }, env);
    expect((await forgetful.backup.list()).failed).toMatchObject([{ code: 'persistence/unknown-key' }, { code: 'persistence/unknown-key' }]);
    await expect(forgetful.backup.prune()).rejects.toMatchObject({ code: 'persistence/unknown-key' });
    const none = await machine('a', { ...two, encryption: { key: 'env:NONE' } }, env);
    await expect(none.backup.create()).rejects.toMatchObject({ code: 'stack/no-secret' });
  });

  it('mends what is damaged in one store from another, the environment\'s own included', async () => {
    const { state, backup } = await machine('a', two);
    await deployed(state);
    await backup.create();
    const packs = join(state, 'live/snapshots/packs');
    for (const name of await readdir(packs)) await rm(join(packs, name));
    const damaged = await (await machine('a', two)).backup.verify();
    expect(damaged.damage.length).toBeGreaterThan(0);
    expect(damaged.damage.every(({ store, mendableFrom }) => store === 'local' && mendableFrom.length === 2)).toBe(true);
    const mended = await (await machine('a', two)).backup.verify({ repair: true });
    expect(mended.damage.every((damage) => damage.mended)).toBe(true);
    expect(await (await machine('a', two)).backup.verify({ full: true })).toMatchObject({ damage: [] });
  });

  it('without stores in the config says how to name them, before anything is taken', async () => {
    const { backup } = await machine('a', undefined);
    await expect(backup.create()).rejects.toMatchObject({ code: 'stack/no-backup' });
    await expect(backup.archive(join(root, 'x'))).rejects.toMatchObject({ code: 'stack/nothing-to-archive' });
  });
});
