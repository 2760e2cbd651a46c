import type { AoMap } from '@beamline/core';
import type { Role } from '@beamline/kernel';
import { createTestProcess, testId, type TestProcess } from '@beamline/kernel/testing';

/** A world and two battle shards that know each other, and whatever they send delivered, as a node would. */
export interface Stage {
  world: TestProcess;
  battles: [TestProcess, TestProcess];
  /** Lets time pass for all of them. */
  wait(ms: number): void;
  /** A signed message from a player, and everything that follows from it. Answers the message's output. */
  play(process: TestProcess, from: string, action: string, tags?: Readonly<Record<string, string | number>>): AoMap;
  /** As if the market had sent it. */
  trade(tags: Readonly<Record<string, string | number>>): AoMap;
}

export const MARKET = testId('market');

export function createStage(roles: { world: Role; battle: Role }): Stage {
  const world = createTestProcess(roles.world, { tags: { 'beamline-seed': '7' } });
  const battles = [0, 1].map((shard) => createTestProcess(roles.battle, {
    id: testId(`battle-${shard}`), tags: { 'beamline-seed': `${shard + 10}` },
  })) as [TestProcess, TestProcess];
  for (const [shard, battle] of battles.entries()) {
    battle.operate('Link', { 'Link-Name': 'world', 'Link-Process': world.id });
    world.operate('Link', { 'Link-Name': `battle-${shard}`, 'Link-Process': battle.id });
  }
  world.operate('Link', { 'Link-Name': 'market', 'Link-Process': MARKET });
  const all = [world, ...battles];

  function deliver(from: TestProcess): void {
    for (const { target, action, data, ...tags } of Object.values(from.outbox)) {
      const receiver = all.find(({ id }) => id === target)!;
      receiver.push({ from: from.id, action: action as string, tags, ...(data === undefined ? {} : { data: data as string }) });
      deliver(receiver);
    }
  }

  return {
    world, battles,
    wait(ms) {
      for (const process of all) process.now += ms;
    },
    play(process, from, action, tags = {}) {
      const output = process.say({ from: testId(from), action, tags: textOf(tags) });
      deliver(process);
      return output;
    },
    trade: (tags) => world.push({ from: MARKET, action: 'Trade', tags: textOf(tags) }),
  };
}

function textOf(tags: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, `${value}`]));
}

/** `x=3 hp=100` → { x: 3, hp: 100 } */
export function numbersOf(output: AoMap): Record<string, number> {
  return Object.fromEntries([...String(output['data']).matchAll(/(\w+)=(\d+)/g)].map(([, name, value]) => [name, Number(value)]));
}
