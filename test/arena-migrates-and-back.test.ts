import { expect, it } from '@jest/globals';
import type { Signer } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { layoutHash, layoutOf } from '@beamline/ecs';
import { createProcess } from '@beamline/kernel';
import { createOperator } from '@beamline/kernel/operator';
import { createMemoryNetwork, testId } from '@beamline/kernel/testing';
import { createMemoryStore, layoutVerdict, restoreSnapshot, reverseMigration, takeSnapshot } from '@beamline/persistence';
import worldV1 from '../apps/arena/src/v1/world.ts';
import { skillsAndStamina } from '../apps/arena/src/v2/migration.ts';
import worldV2 from '../apps/arena/src/v2/world.ts';

const signer = (name: string) => ({ address: testId(name), type: 3, publicKey: new Uint8Array(), sign: async () => new Uint8Array() }) as Signer;
const v1 = layoutOf(worldV1.components);
const v2 = layoutOf(worldV2.components);

async function setup() {
  const clock = createManualClock(1_000_000);
  const network = createMemoryNetwork({
    clock, bundles: { v1: () => createProcess(worldV1, { layout: layoutHash(v1) }), v2: () => createProcess(worldV2, { layout: layoutHash(v2) }) },
  });
  const operator = createOperator({ network, signer: signer('owner'), clock });
  const store = createMemoryStore();
  const spawn = async (source: string, phase: string) => {
    const module = await network.signModule(signer('owner'), source);
    const tags = [{ name: 'Beamline-Phase', value: phase }];
    return network.spawn(await network.signProcess(signer('owner'), { module: module.id, tags, data: '' }));
  };
  const say = async (process: string, who: string, action: string, extra: Record<string, string> = {}) => {
    const tags = Object.entries({ Action: action, ...extra }).map(([name, value]) => ({ name, value }));
    const delivery = await network.send(await network.signMessage(signer(who), { target: process, tags, data: '' }));
    return delivery.outcome === 'computed' ? `${delivery.output['data'] ?? delivery.output['code']}` : 'not computed';
  };
  const snapshot = (process: string) => takeSnapshot({ operator, store, clock, process, game: 'arena', role: 'world' });
  return { clock, operator, store, spawn, say, snapshot };
}

it('is allowed by the migration, both ways', () => {
  expect(layoutVerdict(v1, v2, [skillsAndStamina])).toMatchObject({ verdict: 'NEEDS-MIGRATION' });
  expect(layoutVerdict(v2, v2, [skillsAndStamina])).toMatchObject({ verdict: 'SAFE' });
  expect(layoutVerdict(v2, v1, [reverseMigration(skillsAndStamina, v1).migration!])).toMatchObject({ verdict: 'NEEDS-MIGRATION' });
});

it('brings players from version 1 to 2 and, with what they did there, back', async () => {
  const { clock, operator, store, spawn, say, snapshot } = await setup();
  const blue = await spawn('v1', 'active');
  for (const name of ['ada', 'bob', 'cyd']) await say(blue, name, 'Join', { Name: name });
  await say(blue, 'ada', 'Move', { X: '10', Y: '10' });
  await clock.advance(30_000);
  const before = await say(blue, 'ada', 'Look');

  const green = await spawn('v2', 'standby');
  await restoreSnapshot({ operator, store, clock, process: green, ref: (await snapshot(blue)).ref, migrate: { migrations: [skillsAndStamina], to: v2 } });
  await operator.activate(green);
  expect(await say(green, 'ada', 'Look')).toBe(`${before} stamina=40`);
  expect(await say(green, 'dee', 'Join', { Name: 'dee' })).toMatch(/^player \d+$/);
  await clock.advance(5_000);
  const after = await say(green, 'ada', 'Look');
  expect(after).not.toBe(`${before} stamina=40`);

  const back = reverseMigration(skillsAndStamina, v1).migration!;
  const again = await spawn('v1', 'standby');
  await restoreSnapshot({ operator, store, clock, process: again, ref: (await snapshot(green)).ref, migrate: { migrations: [back], to: v1 } });
  await operator.activate(again);
  expect(`${await say(again, 'ada', 'Look')} stamina=`).toBe(after.replace(/stamina=\d+/, 'stamina='));
  expect(await say(again, 'dee', 'Join', { Name: 'dee' })).toBe('arena/already-joined');
});
