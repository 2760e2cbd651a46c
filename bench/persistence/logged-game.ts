import {
  add, addEntity, begin, bool, commit, component, createWorld, eid, get, i32, query, randomInt, set, u16, u8, type World,
} from '@beamline/ecs';
import { loadEcsWorld, type ColumnWorld, type LogRecord } from '@beamline/persistence';

export const HISTORY = 'g'.repeat(43);
const Position = component('Position', { x: i32, y: i32 });
const Health = component('Health', { hp: u16, max: u16 });
const Owner = component('Owner', { by: eid });
const Level = component('Level', { level: u8, xp: u16 });
const Flags = component('Flags', { alive: bool });
const ALL = [Position, Health, Owner, Level, Flags];

/** A game on ecs in JavaScript, filled with so many entities unless its state comes from elsewhere. */
export function startWorld(columns: ColumnWorld | undefined, entities = 0): World {
  const world = createWorld(ALL, { seed: 42 });
  if (columns !== undefined) {
    loadEcsWorld(world, columns);
    return world;
  }
  for (let n = 0; n < entities; n += 1) {
    const entity = addEntity(world);
    add(world, entity, Position, { x: randomInt(world, 200_000) - 100_000, y: randomInt(world, 200_000) - 100_000 });
    add(world, entity, Health, { hp: 500, max: 500 });
    add(world, entity, Owner, { by: entity });
    add(world, entity, Level, { level: 1 });
    add(world, entity, Flags, { alive: 1 });
  }
  return world;
}

/** A message, as JSON: somebody moves, fights and learns. */
export function play(world: World, { sequence, payload }: LogRecord): void {
  world.slot = sequence;
  const { row, by } = JSON.parse(new TextDecoder().decode(payload)) as { row: number; by: number };
  begin(world);
  const positions = world.byName['Position']!;
  const who = positions.data[0]![row % positions.count] as number;
  set(world, who, Position, 'x', ((get(world, who, Position, 'x') as number) + by) % 100_000);
  set(world, who, Health, 'hp', randomInt(world, 500));
  set(world, who, Level, 'xp', ((get(world, who, Level, 'xp') as number) + 1) % 65_536);
  commit(world);
  if (sequence % 1_000 === 0) query(world, [Flags, Level]);
}

export function message(sequence: number): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ row: Math.imul(sequence, 2654435761) >>> 8, by: sequence % 50 }));
}
