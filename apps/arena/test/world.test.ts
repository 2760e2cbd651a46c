import { describe, expect, it } from '@jest/globals';
import type { Role } from '@beamline/kernel';
import { testId } from '@beamline/kernel/testing';
import battleV1 from '../src/v1/battle.ts';
import worldV1 from '../src/v1/world.ts';
import battleV2 from '../src/v2/battle.ts';
import worldV2 from '../src/v2/world.ts';
import worldV3 from '../src/v3/world.ts';
import { makeData } from '../tools/make-data.ts';
import { createStage, numbersOf } from './stage.ts';

const kinds = makeData()['item-kind'] as number[];

const versions: [string, { world: Role; battle: Role }][] = [
  ['version 1', { world: worldV1, battle: battleV1 }],
  ['version 2', { world: worldV2, battle: battleV2 }],
];

describe.each(versions)('the world, %s,', (_, roles) => {
  it('takes players in once, with gold and goods', () => {
    const { world, play } = createStage(roles);
    expect(play(world, 'ada', 'Join', { name: 'Ada' })['outcome']).toBe('ok');
    expect(numbersOf(play(world, 'ada', 'Look'))).toMatchObject({ hp: 100, gold: 200, level: 1, xp: 0 });
    expect(play(world, 'ada', 'Join', { name: 'Ada' })).toMatchObject({ outcome: 'refused', code: 'arena/already-joined' });
  });

  it.each([
    ['Join', {}, 'kernel/bad-tag'], ['Join', { name: 'a'.repeat(25) }, 'arena/bad-name'], ['Join', { name: 'caf\u00e9' }, 'arena/bad-name'],
    ['Move', { x: 1, y: 1 }, 'arena/not-joined'], ['Look', {}, 'arena/not-joined'], ['Equip', { slot: 0 }, 'arena/not-joined'],
    ['Drink', { slot: 0 }, 'arena/not-joined'], ['Gather', {}, 'arena/not-joined'], ['Give', { to: 'nobody', gold: 1 }, 'arena/not-joined'],
    ['Spoils', { player: 'x', gold: 5 }, 'arena/not-a-battle'], ['Trade', {}, 'arena/not-the-market'], ['Fly', {}, 'kernel/unknown-action'],
  ])('refuses %s %p from a stranger with %s and changes nothing', (action, tags, code) => {
    const { world, play } = createStage(roles);
    const before = world.health['entities'];
    expect(play(world, 'stranger', action, tags as Record<string, string>)).toMatchObject({ outcome: 'refused', code });
    expect(world.health['entities']).toBe(before);
  });

  it.each([
    ['Move', { x: 1 }, 'kernel/bad-tag'], ['Move', { x: 1000, y: 0 }, 'kernel/bad-tag'], ['Move', { x: -1, y: 0 }, 'kernel/bad-tag'],
    ['Move', { x: '1.5', y: 0 }, 'kernel/bad-tag'], ['Move', { x: 'north', y: 0 }, 'kernel/bad-tag'], ['Equip', { slot: 8 }, 'kernel/bad-tag'],
    ['Equip', {}, 'kernel/bad-tag'], ['Drink', { slot: -1 }, 'kernel/bad-tag'], ['Give', { to: 'x', gold: 0 }, 'kernel/bad-tag'],
    ['Give', { to: '', gold: 1 }, 'kernel/bad-tag'], ['Give', { to: 'nobody', gold: 1 }, 'arena/unknown-player'],
  ])('refuses %s %p from a player with %s and changes nothing', (action, tags, code) => {
    const { world, play } = createStage(roles);
    play(world, 'ada', 'Join', { name: 'Ada' });
    const before = play(world, 'ada', 'Look');
    expect(play(world, 'ada', action, tags as Record<string, string>)).toMatchObject({ outcome: 'refused', code });
    expect(play(world, 'ada', 'Look')).toEqual(before);
  });

  it('walks players to where they head, step by step', () => {
    const { world, play, wait } = createStage(roles);
    play(world, 'ada', 'Join', { name: 'Ada' });
    const start = numbersOf(play(world, 'ada', 'Look'));
    expect(play(world, 'ada', 'Move', { x: 500, y: start['y']! })['data']).toBe(`heading 500,${start['y']}`);
    wait(1_000);
    const after = numbersOf(play(world, 'ada', 'Look'));
    expect(after['y']).toBe(start['y']);
    expect(Math.abs(after['x']! - start['x']!)).toBe(roles.world === worldV1 ? 4 : 8);
  });

  it('settles trades of the market, all or nothing', () => {
    const { world, play, trade } = createStage(roles);
    for (const name of ['ada', 'bob']) play(world, name, 'Join', { name });
    const deal = { seller: testId('ada'), buyer: testId('bob'), item: 1, count: 5, gold: 50 };
    expect(trade(deal)).toMatchObject({ outcome: 'ok', data: 'settled 5 of 1 for 50' });
    expect(numbersOf(play(world, 'ada', 'Look'))['gold']).toBe(250);
    expect(numbersOf(play(world, 'bob', 'Look'))['gold']).toBe(150);
    expect(trade({ ...deal, count: 6 })).toMatchObject({ outcome: 'refused', code: 'arena/no-goods' });
    expect(trade({ ...deal, gold: 151 })).toMatchObject({ outcome: 'refused', code: 'arena/too-poor' });
    expect(trade({ ...deal, buyer: testId('eve') })).toMatchObject({ outcome: 'refused', code: 'arena/unknown-player' });
    expect(trade({ ...deal, count: 0 })).toMatchObject({ outcome: 'refused', code: 'kernel/bad-tag' });
    expect(trade({ ...deal, count: 5, gold: 150 })['outcome']).toBe('ok');
  });

  it('lets players give gold, not more than they have', () => {
    const { world, play } = createStage(roles);
    for (const name of ['ada', 'bob']) play(world, name, 'Join', { name });
    expect(play(world, 'ada', 'Give', { to: testId('bob'), gold: 200 })['outcome']).toBe('ok');
    expect(play(world, 'ada', 'Give', { to: testId('bob'), gold: 1 })).toMatchObject({ code: 'arena/too-poor' });
    expect(play(world, 'bob', 'Give', { to: testId('bob'), gold: 1 })).toMatchObject({ code: 'arena/unknown-player' });
    expect(numbersOf(play(world, 'bob', 'Look'))['gold']).toBe(400);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('wears weapons and armour and drinks potions, nothing else: starter good %d', (number) => {
    const { world, play } = createStage(roles);
    for (let i = 0; i <= number; i++) play(world, `p${i}`, 'Join', { name: `p${i}` });
    const kind = kinds[number]!;
    expect(play(world, `p${number}`, 'Equip', { slot: 0 })).toMatchObject(kind <= 1 ? { outcome: 'ok' } : { code: 'arena/not-wearable' });
    expect(play(world, `p${number}`, 'Drink', { slot: 0 })).toMatchObject(kind === 2 ? { outcome: 'ok' } : { code: 'arena/not-drinkable' });
    expect(play(world, `p${number}`, 'Equip', { slot: 7 })).toMatchObject({ code: 'arena/empty-slot' });
  });

  it('lets loot within reach be gathered', () => {
    const { world, play, wait } = createStage(roles);
    play(world, 'ada', 'Join', { name: 'Ada' });
    // Back and forth over the map, until a pile is near.
    for (let i = 0; i < 4000; i++) {
      const answer = play(world, 'ada', 'Gather');
      if (answer['outcome'] === 'ok') {
        expect(numbersOf(play(world, 'ada', 'Look'))['gold']).toBeGreaterThan(200);
        return;
      }
      expect(answer['code']).toBe('arena/nothing-here');
      if (i % 100 === 0) play(world, 'ada', 'Move', { x: (i / 100) % 2 === 0 ? 999 : 0, y: (i * 7) % 1000 });
      wait(1_000);
    }
    throw new Error('nothing was ever near');
  });
});

it('lets players run while they have stamina, from version 2 on', () => {
  const { world, play, wait } = createStage({ world: worldV2, battle: battleV2 });
  play(world, 'ada', 'Join', { name: 'Ada' });
  expect(numbersOf(play(world, 'ada', 'Look'))['stamina']).toBe(40);
  const { x } = numbersOf(play(world, 'ada', 'Look'));
  play(world, 'ada', 'Move', { x: x! < 500 ? 999 : 0, y: 0 });
  for (let i = 0; i < 11; i++) {
    wait(1_000);
    play(world, 'ada', 'Look');
  }
  const look = numbersOf(play(world, 'ada', 'Look'));
  expect(look['stamina']).toBe(0);
  expect(Math.abs(look['x']! - x!)).toBe(40 * 2 + 4);
});

it('goes the wrong way in version 3: only a test that moves and looks can tell', () => {
  const { world, play, wait } = createStage({ world: worldV3, battle: battleV2 });
  play(world, 'ada', 'Join', { name: 'Ada' });
  expect(play(world, 'ada', 'Move', { x: 10, y: 900 })).toMatchObject({ outcome: 'ok' });
  for (let i = 0; i < 300; i++) {
    wait(5_000);
    play(world, 'ada', 'Look');
  }
  expect(numbersOf(play(world, 'ada', 'Look'))).toMatchObject({ x: 900, y: 10 });
  expect(world.health).toMatchObject({ phase: 'active', errors: 0 });
});
