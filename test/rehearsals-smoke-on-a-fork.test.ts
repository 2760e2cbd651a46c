import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHyperbeam, loadSigner } from '@beamline/ao';
import { startLocalNetwork } from '@beamline/ao/local';
import { systemClock as clock } from '@beamline/core';
import { createRunner, type Probe } from '@beamline/deployer';
import { smokeOnFork, type ForkSite, type ForkSmokeOptions } from '@beamline/deployer/rehearsal';
import { createMemoryStore } from '@beamline/persistence';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openStudio, play, players, score, type Studio } from './deployer-game/setup.ts';

const [alice] = players(1);
let studio: Studio;
const folders: string[] = [];

beforeAll(async () => {
  studio = await openStudio();
  await createRunner(studio.options).run(await studio.plan(studio.v1));
  for (const n of [1, 2, 3]) await play(studio, alice!, 'world-0', n);
  await play(studio, alice!, 'battle-1', 10);
}, 120_000);
afterAll(() => studio.close());

/** A throw-away network inside this program. */
async function open(): Promise<ForkSite> {
  const dir = await mkdtemp(join(tmpdir(), 'fork-'));
  const local = await startLocalNetwork({ dir, clock });
  folders.push(dir);
  const operator = await loadSigner(`file:${join(dir, 'operator.json')}`);
  return {
    network: createHyperbeam({ url: local.url, clock }), signer: operator, operator,
    async close() {
      await local.close();
      await rm(dir, { recursive: true });
    },
  };
}

async function smoke(...probes: Probe[]): Promise<{ instances: readonly string[]; problems: readonly string[] }> {
  const { options, v2 } = studio;
  const state = (await options.environments.read('local'))!;
  return smokeOnFork({ open, network: options.network, store: createMemoryStore(), clock, bundles: options.bundles as ForkSmokeOptions['bundles'], state, plan: await studio.plan(v2), probes });
}

it('plays on a fork of the whole environment: migrated worlds of now, linked, under their aliases', async () => {
  const { network } = studio.options;
  const state = (await studio.options.environments.read('local'))!;
  const slots = () => Promise.all(Object.values(state.instances).map(({ process }) => network.slots(process)));
  const before = await slots();
  let seen: object = {};
  const report = await smoke(async ({ phase, network: fork, instances, release }) => {
    // Battles did not change: they are there, and no instance of the release under test.
    const there: Studio = { ...studio, network: fork };
    const had = await score(there, alice!);
    await play(there, { ...alice!, known: {}, seq: { 'battle-1': 1 } }, 'battle-1', 100);
    seen = { phase, release, instances: instances.map(({ instance }) => instance), had, has: await score(there, alice!) };
    return [];
  });
  expect(report).toEqual({ instances: ['world-0', 'battle-0', 'battle-1'], problems: [] });
  expect(seen).toEqual({ phase: 'fork', release: studio.v2.id, instances: ['world-0'], had: 16, has: 116 });
  expect(await slots()).toEqual(before);
  expect(await score(studio, alice!)).toBe(16);
});

it('says what probes complain about and throw, and leaves nothing behind', async () => {
  const report = await smoke(async () => ['nobody likes it'], async () => { throw new Error('and it breaks'); });
  expect(report.problems).toEqual(['nobody likes it', 'and it breaks']);
  expect(folders).toHaveLength(2);
  for (const folder of folders) await expect(access(folder)).rejects.toMatchObject({ code: 'ENOENT' });
});
