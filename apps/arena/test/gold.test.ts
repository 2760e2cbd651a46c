import { expect, it } from '@jest/globals';
import { createWorld, type World } from '@beamline/ecs';
import type { Role } from '@beamline/kernel';
import { testId } from '@beamline/kernel/testing';
import battleV1 from '../src/v1/battle.ts';
import worldV1 from '../src/v1/world.ts';
import battleV2 from '../src/v2/battle.ts';
import worldV2 from '../src/v2/world.ts';
import { goldInWorld, TREASURE } from '../src/shared/world/gold.ts';
import { createStage } from './stage.ts';

/** The role with an extra action that tells the sum of all gold. */
function counting(role: Role): Role {
  return { ...role, actions: { ...role.actions, CountGold: (world) => `${goldInWorld(world)}` } };
}

it.each([['version 1', worldV1, battleV1], ['version 2', worldV2, battleV2]])('is never made nor lost in 2,000 messages, %s', (_, world, battle) => {
  const stage = createStage({ world: counting(world), battle });
  const players = ['ada', 'bob', 'cyd', 'dee', 'eve'];
  let state = 99;
  const roll = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
  for (let i = 0; i < 2000; i++) {
    const who = players[roll(5)]!;
    const other = players[roll(5)]!;
    const shard = stage.battles[roll(2)]!;
    const dice = roll(7);
    if (dice === 0) stage.play(stage.world, who, 'Join', { name: who });
    else if (dice === 1) stage.play(stage.world, who, 'Move', { x: roll(1000), y: roll(1000) });
    else if (dice === 2) stage.play(stage.world, who, 'Give', { to: testId(other), gold: 1 + roll(300) });
    else if (dice === 3) stage.play(shard, who, 'Fight', { monster: 1 + roll(200) });
    else if (dice === 4) stage.play(stage.world, who, 'Gather');
    else if (dice === 5) stage.trade({ seller: testId(who), buyer: testId(other), item: 1 + roll(8), count: 1 + roll(4), gold: roll(90) });
    else stage.play(stage.world, who, 'Equip', { slot: roll(8) });
    stage.wait(roll(1500));
    if (i % 100 === 0) expect(stage.play(stage.world, 'auditor', 'CountGold')['data']).toBe(`${TREASURE}`);
  }
  expect(stage.world.health['errors']).toBe(0);
  expect(stage.play(stage.world, 'auditor', 'CountGold')['data']).toBe(`${TREASURE}`);
});

it('starts in the treasury', () => {
  const world: World = createWorld(worldV1.components);
  worldV1.init!(world);
  expect(goldInWorld(world)).toBe(TREASURE);
});
