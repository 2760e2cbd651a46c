import { add, addEntity, begin, commit, component, createWorld, i32, randomInt, set, worldDigest, type World } from '@beamline/ecs';
import { loadEcsWorld, type ColumnWorld, type LogRecord } from '../src/index.ts';

const Position = component('Position', { x: i32, y: i32 });
const Home = component('Home', { x: i32 });

/** A world whose whole state follows from how many messages it has had. */
export const freshWorld = (): World => createWorld([Position, Home], { seed: 5 });

export function startWorld(columns: ColumnWorld | undefined): World {
  const world = freshWorld();
  if (columns !== undefined) loadEcsWorld(world, columns);
  return world;
}

export const payloadOf = (sequence: number): Uint8Array => Uint8Array.of(sequence & 0xff);

/** Every message moves somebody at random and sometimes brings somebody new; homes, a table of their own, never change. */
export function applyMessage(world: World, { sequence, payload }: LogRecord): void {
  world.slot = sequence;
  begin(world);
  const rows = world.byName['Position']!;
  if (rows.count === 0) add(world, addEntity(world), Home, { x: 1 });
  if (rows.count === 0 || randomInt(world, 4) === 0) add(world, addEntity(world), Position);
  const who = rows.data[0]![randomInt(world, rows.count)] as number;
  set(world, who, Position, 'x', payload[0]! * 1000 + sequence);
  commit(world);
}

export function worldAfter(messages: number): World {
  const world = freshWorld();
  for (let sequence = 1; sequence <= messages; sequence += 1) applyMessage(world, { sequence, payload: payloadOf(sequence) });
  return world;
}

const digests: string[] = [];
/** What the world is after so many messages. */
export function digestAt(slot: number): string {
  digests[slot] ??= worldDigest(worldAfter(slot));
  return digests[slot];
}
