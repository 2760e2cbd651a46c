import { STATE } from './state.ts';
import type { World } from './world.ts';
import { touch } from './table.ts';
import { logCell } from './undo-log.ts';
import { idiv, mod, u32Add, u32Or, u32Shl, u32Shr, u32Xor } from '#target';

/** Starts the world's random numbers anew. `seed`: any integer below 2^53. */
export function seedRandom(world: World, seed: number): void {
  write(world, mod(seed, 4294967296), mod(idiv(seed, 4294967296), 4294967296), 0x243f6a88, 1);
  for (let i = 0; i < 12; i++) random(world);
}

/** The next random number, 0 … 2^32-1. Generator: sfc32 (PractRand, Chris Doty-Humphrey). */
export function random(world: World): number {
  const { data } = world.state;
  const a = data[STATE.rng]![0] as number;
  const b = data[STATE.rng + 1]![0] as number;
  const c = data[STATE.rng + 2]![0] as number;
  const counter = data[STATE.rng + 3]![0] as number;
  const value = u32Add(u32Add(a, b), counter);
  write(
    world,
    u32Xor(b, u32Shr(b, 9)),
    u32Add(c, u32Shl(c, 3)),
    u32Add(u32Or(u32Shl(c, 21), u32Shr(c, 11)), value),
    u32Add(counter, 1),
  );
  return value;
}

/** Uniform in 0 … n-1, for 1 ≤ n ≤ 2^32. @throws 'ecs/out-of-range: …' */
export function randomInt(world: World, n: number): number {
  if (!(n >= 1 && n <= 4294967296)) throw `ecs/out-of-range: randomInt(${n})`;
  // Values above the last full multiple of n would make the small ones likelier.
  const limit = 4294967296 - mod(4294967296, n);
  let value = random(world);
  while (value >= limit) value = random(world);
  return mod(value, n);
}

function write(world: World, a: number, b: number, c: number, counter: number): void {
  const { state } = world;
  // One record per transaction is enough: undoing goes back to its start.
  if (world.logging && !world.rngLogged) {
    world.rngLogged = true;
    for (let i = 0; i < 4; i++) logCell(state, 0, STATE.rng + i, state.data[STATE.rng + i]![0]!);
  }
  state.data[STATE.rng]![0] = a;
  state.data[STATE.rng + 1]![0] = b;
  state.data[STATE.rng + 2]![0] = c;
  state.data[STATE.rng + 3]![0] = counter;
  touch(state, 0);
}
