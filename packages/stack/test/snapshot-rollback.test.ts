import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import { emptyState, type EnvironmentState } from '@beamline/deployer';
import { formatRef, writeImage } from '@beamline/persistence';
import { createFsStore } from '@beamline/persistence/fs';
import { planSnapshotRollback, withRelease } from '../src/environment/snapshot-rollback.ts';
import type { ReleaseShelf } from '../src/release-shelf.ts';

const old = 'o'.repeat(43);
const roleOf = (layoutHash: string) => ({ bundles: { lua: { sha256: `code of ${layoutHash}` } }, layout: { format: 1, components: [] }, layoutHash });
const shelf = {
  read: async (id: string) => {
    if (id === 'lost') throw new Fault('bundler/missing-release', id);
    return { id, version: id, roles: { world: roleOf(id === 'v3' ? 'new' : 'first'), battle: roleOf('b') } };
  },
} as unknown as Pick<ReleaseShelf, 'read'>;
const instance = (role: string, shard: number, process: string, layoutHash: string) => ({ role, shard, process, alias: '', release: 'v3', bundle: `code of ${layoutHash}`, layout: { format: 1, components: [] }, layoutHash, since: 0, forwarders: [] });
const state = (shards: number): EnvironmentState => ({
  ...emptyState('live', 'g'), release: 'v3', previousRelease: 'v2',
  instances: Object.fromEntries([...Array.from({ length: shards }, (_, n) => [`world-${n}`, instance('world', n, `${n}`.repeat(43), 'new')]), ['battle-0', instance('battle', 0, 'b'.repeat(43), 'b')]]),
  history: [...['v1', 'v2', 'lost', 'v3'].map((to) => ({ id: to, outcome: 'complete', to, instances: {} })), { id: 'x', outcome: 'complete', to: 'v3', instances: { 'world-0': { blue: old, green: '0'.repeat(43) } } }],
}) as unknown as EnvironmentState;

let root: string;
let refs: { own: string; before: string; newer: string; stranger: string };
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'snapshot-rollback-'));
  const take = async (process: string, layout: string): Promise<string> => formatRef((await writeImage({
    store: createFsStore({ root }), game: 'g', role: 'world', process, takenAt: 77,
    image: { slot: 12, layout, tables: [{ name: 'Score', columns: [{ name: '$entity', kind: 'eid' }], rows: 1, data: [[1]], stamps: [12] }] },
  })).ref);
  refs = { own: await take('0'.repeat(43), 'first'), before: await take(old, 'first'), newer: await take('1'.repeat(43), 'new'), stranger: await take('s'.repeat(43), 'first') };
});
afterAll(() => rm(root, { recursive: true }));

const plan = (snapshots: readonly string[], { shards = 1, to }: { shards?: number; to?: string } = {}) => planSnapshotRollback(
  { environment: 'live', releases: shelf, store: createFsStore({ root }) }, async () => ({ slots: async () => ({ scheduled: 40, computed: 40 }) }), state(shards), { snapshots, ...(to === undefined ? {} : { to }) },
);

it('goes to the newest release before that reads the snapshots, and counts what is given up', async () => {
  expect(await plan([refs.own])).toEqual({
    environment: 'live', release: 'v2', version: 'v2', others: ['battle'],
    instances: [{ instance: 'world-0', process: '0'.repeat(43), snapshot: refs.own, slot: 12, takenAt: 77, givenUp: 28 }],
  });
  expect(await plan([refs.own], { to: 'v1' })).toMatchObject({ release: 'v1' });
  expect((await plan([refs.before])).instances).toEqual([{ instance: 'world-0', process: '0'.repeat(43), snapshot: refs.before, slot: 12, takenAt: 77 }]); // of the process before: nobody can count
});

it('is refused where a snapshot fits no release, is nobody’s, or would leave shards apart', async () => {
  await expect(plan([refs.newer], { shards: 2 })).rejects.toMatchObject({ code: 'stack/no-fitting-release', hint: expect.stringContaining('beamline restore') });
  await expect(plan([refs.own], { to: 'v3' })).rejects.toMatchObject({ code: 'stack/no-fitting-release' });
  await expect(plan([refs.own], { to: 'lost' })).rejects.toMatchObject({ code: 'bundler/missing-release' });
  await expect(plan([refs.stranger])).rejects.toMatchObject({ code: 'stack/unknown-instance' });
  await expect(plan([refs.own], { shards: 2 })).rejects.toMatchObject({ code: 'stack/shards-left', message: expect.stringContaining('world-1') });
});

it('gives an instance the code and layout of the release, and leaves its process to be replaced', async () => {
  const back = withRelease(state(1), 'world-0', await shelf.read('v2'));
  expect(back.instances['world-0']).toMatchObject({ process: '0'.repeat(43), release: 'v2', bundle: 'code of first', layoutHash: 'first' });
  expect(back.instances['battle-0']).toEqual(state(1).instances['battle-0']);
});
