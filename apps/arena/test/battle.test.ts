import { describe, expect, it } from '@jest/globals';
import battleV1 from '../src/v1/battle.ts';
import worldV1 from '../src/v1/world.ts';
import battleV2 from '../src/v2/battle.ts';
import worldV2 from '../src/v2/world.ts';
import { createStage, numbersOf, type Stage } from './stage.ts';

const versions = [['version 1', { world: worldV1, battle: battleV1 }], ['version 2', { world: worldV2, battle: battleV2 }]] as const;

/** Fights until the fighter's record shows this many fights. */
function fightOn(stage: Stage, who: string, monster: number, fights: number): Record<string, number> {
  const [battle] = stage.battles;
  for (let i = 0; i < 400; i++) {
    stage.play(battle, who, 'Fight', { monster });
    stage.wait(2_000);
    const record = numbersOf(stage.play(battle, who, 'Record'));
    if (record['wins']! + record['losses']! >= fights) return record;
  }
  throw new Error('the fights never ended');
}

describe.each(versions)('battles, %s,', (_, roles) => {
  it('end with time, and the world hears how', () => {
    const stage = createStage(roles);
    stage.play(stage.world, 'ada', 'Join', { name: 'Ada' });
    expect(fightOn(stage, 'ada', 1, 3)).toMatchObject({ wins: 3, losses: 0 });
    const look = numbersOf(stage.play(stage.world, 'ada', 'Look'));
    expect(look['gold']).toBeGreaterThan(200);
    expect(look['xp']).toBeGreaterThan(0);
  });

  it('can be lost: the world lets the fallen lie, then get up', () => {
    const stage = createStage(roles);
    stage.play(stage.world, 'ada', 'Join', { name: 'Ada' });
    fightOn(stage, 'ada', 200, 2);
    expect(stage.play(stage.world, 'ada', 'Move', { x: 1, y: 1 })).toMatchObject({ outcome: 'refused', code: 'arena/fallen' });
    for (let i = 0; i < 4; i++) {
      stage.wait(5_000);
      stage.play(stage.world, 'ada', 'Look');
    }
    expect(stage.play(stage.world, 'ada', 'Move', { x: 1, y: 1 })['outcome']).toBe('ok');
  });

  it('go the same way from the same seed and messages', () => {
    const [a, b] = [createStage(roles), createStage(roles)];
    for (const stage of [a, b]) {
      stage.play(stage.world, 'ada', 'Join', { name: 'Ada' });
      fightOn(stage, 'ada', 30, 5);
      for (const process of [stage.world, stage.battles[0]]) process.operate('Snapshot');
    }
    for (const pick of [(s: Stage) => s.world, (s: Stage) => s.battles[0]]) {
      expect(pick(a).health['digest']).toMatch(/^\d+-\d+$/);
      expect(pick(a).health['digest']).toBe(pick(b).health['digest']);
    }
  });

  it.each([
    [{}, 'kernel/bad-tag'], [{ monster: 0 }, 'kernel/bad-tag'], [{ monster: 201 }, 'kernel/bad-tag'], [{ monster: 'rat' }, 'kernel/bad-tag'],
  ])('refuse Fight %p with %s', (tags, code) => {
    const { battles: [battle], play } = createStage(roles);
    expect(play(battle, 'ada', 'Fight', tags as Record<string, string>)).toMatchObject({ outcome: 'refused', code });
    expect(play(battle, 'ada', 'Record')).toMatchObject({ code: 'arena/unknown-fighter' });
  });

  it('take one fight at a time, and tire the fighter', () => {
    const { battles: [battle], play } = createStage(roles);
    expect(play(battle, 'ada', 'Fight', { monster: 100 })['outcome']).toBe('ok');
    expect(play(battle, 'ada', 'Fight', { monster: 100 })).toMatchObject({ code: 'arena/fighting' });
    expect(numbersOf(play(battle, 'ada', 'Record'))['energy']).toBe(90);
  });
});

it('is refused by a world that the fighter never joined, without harm', () => {
  const stage = createStage({ world: worldV1, battle: battleV1 });
  fightOn(stage, 'stranger', 1, 1);
  expect(stage.world.health).toMatchObject({ refused: 1, errors: 0 });
});
