import { expect, it } from '@jest/globals';
import type { Clock, Signer } from '@beamline/core';
import { createProcess, type Role } from '@beamline/kernel';
import { createMemoryNetwork, testId } from '@beamline/kernel/testing';
import { createSmokeTest } from '../src/index.ts';
import battle from '../src/v2/battle.ts';
import world from '../src/v2/world.ts';
import brokenWorld from '../src/v3/world.ts';

const signer = (name: string) => ({ address: testId(name), type: 3, publicKey: new Uint8Array(), sign: async () => new Uint8Array() }) as Signer;

async function smoke(role: Role): Promise<readonly string[]> {
  let now = 1_000_000;
  // Time passes only while somebody sleeps.
  const clock: Clock = { now: () => now, sleep: async (ms) => void (now += ms) };
  const network = createMemoryNetwork({
    clock, bundles: { world: () => createProcess(role, { layout: 'w' }), battle: () => createProcess(battle, { layout: 'b' }) },
  });
  const instances = [];
  for (const source of ['world', 'battle']) {
    const module = await network.signModule(signer('owner'), source);
    const process = await network.spawn(await network.signProcess(signer('owner'), { module: module.id, tags: [], data: '' }));
    instances.push({ role: source, process });
  }
  const test = createSmokeTest(signer('smoke'));
  const context = { phase: 'live', network, clock, instances } as const;
  expect(await test({ ...context, phase: 'standby' })).toEqual([]);
  expect((await test(context)).length).toBe((await test(context)).length);
  return test(context);
}

it('finds nothing wrong with version 2, however often it looks', async () => {
  expect(await smoke(world)).toEqual([]);
});

it('finds that players of version 3 go the wrong way', async () => {
  expect(await smoke(brokenWorld)).toEqual([expect.stringMatching(/^a player at \d+,\d+ told to walk to \d+,\d+ is at \d+,\d+$/)]);
});
