import { setCell } from './table.ts';
import { STATE } from './state.ts';
import type { World } from './world.ts';

/** For the host: the timestamp of the message about to be applied. */
export function setNow(world: World, ms: number): void {
  setCell(world.state, 0, STATE.time, ms);
}

/** For the host: the number of fixed steps taken so far. */
export function setTick(world: World, tick: number): void {
  setCell(world.state, 0, STATE.tick, tick);
}
