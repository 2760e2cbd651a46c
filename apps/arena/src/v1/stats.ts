import { add, component, get, query, set, system, u16, u32, type Entity, type World } from '@beamline/ecs';
import { Health } from '../shared/world/components.ts';

/** What a player can do and has done, in one component; version 2 splits it. */
export const Stats = /*#__PURE__*/ component('Stats', { strength: u16, agility: u16, xp: u32, level: u16 });

export function prepare(world: World, player: Entity): void {
  add(world, player, Stats, { strength: 5, agility: 5, level: 1 });
}

export function award(world: World, player: Entity, xp: number): void {
  set(world, player, Stats, 'xp', get(world, player, Stats, 'xp') + xp);
}

export function describe(world: World, player: Entity): string {
  return `level=${get(world, player, Stats, 'level')} xp=${get(world, player, Stats, 'xp')}`;
}

/** Enough experience makes the next level: 100 · level². */
export const levelling = /*#__PURE__*/ system({
  name: 'levelling',
  reads: [Stats],
  writes: [Stats, Health],
  run: (world) => {
    for (const player of query(world, [Stats, Health])) {
      const level = get(world, player, Stats, 'level');
      if (level < 99 && get(world, player, Stats, 'xp') >= 100 * level * level) rise(world, player, level + 1);
    }
  },
});

function rise(world: World, player: Entity, level: number): void {
  set(world, player, Stats, 'level', level);
  set(world, player, Stats, 'strength', get(world, player, Stats, 'strength') + 2);
  set(world, player, Stats, 'agility', get(world, player, Stats, 'agility') + 1);
  set(world, player, Health, 'max', get(world, player, Health, 'max') + 10);
}
