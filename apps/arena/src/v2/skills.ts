import { add, component, get, query, set, system, u16, u32, type Entity, type World } from '@beamline/ecs';
import { Health } from '../shared/world/components.ts';

/** What a player can do. Half of version 1's Stats. */
export const Skills = /*#__PURE__*/ component('Skills', { strength: u16, agility: u16 });
/** What a player has done. The other half. */
export const Progress = /*#__PURE__*/ component('Progress', { xp: u32, level: u16 });
/** Spent by running, regained by standing still. */
export const Stamina = /*#__PURE__*/ component('Stamina', { points: u16, max: u16 });

export function prepare(world: World, player: Entity): void {
  add(world, player, Skills, { strength: 5, agility: 5 });
  add(world, player, Progress, { level: 1 });
  add(world, player, Stamina, { points: 40, max: 40 });
}

export function award(world: World, player: Entity, xp: number): void {
  set(world, player, Progress, 'xp', get(world, player, Progress, 'xp') + xp);
}

export function describe(world: World, player: Entity): string {
  const level = get(world, player, Progress, 'level');
  const xp = get(world, player, Progress, 'xp');
  return `level=${level} xp=${xp} stamina=${get(world, player, Stamina, 'points')}`;
}

/** Enough experience makes the next level: 100 · level². */
export const levelling = /*#__PURE__*/ system({
  name: 'levelling',
  reads: [Progress],
  writes: [Progress, Skills, Stamina, Health],
  run: (world) => {
    for (const player of query(world, [Progress, Skills])) {
      const level = get(world, player, Progress, 'level');
      if (level < 99 && get(world, player, Progress, 'xp') >= 100 * level * level) rise(world, player, level + 1);
    }
  },
});

function rise(world: World, player: Entity, level: number): void {
  set(world, player, Progress, 'level', level);
  set(world, player, Skills, 'strength', get(world, player, Skills, 'strength') + 2);
  set(world, player, Skills, 'agility', get(world, player, Skills, 'agility') + 1);
  set(world, player, Health, 'max', get(world, player, Health, 'max') + 10);
  set(world, player, Stamina, 'max', get(world, player, Stamina, 'max') + 2);
}
