import type { Component } from './component.ts';
import type { World } from './world.ts';

/** One rule of a game. `reads` and `writes` say what it touches, for people and for metrics. */
export interface System {
  readonly name: string;
  readonly reads: readonly Component[];
  readonly writes: readonly Component[];
  readonly run: (world: World) => void;
}

export function system(definition: System): System {
  return definition;
}

/** Runs systems in the order given. `onSystem` hears of each before and after it ran; the caller brings the clock. */
export function runSystems(
  world: World, systems: readonly System[], onSystem?: (name: string, edge: 'start' | 'end') => void,
): void {
  for (const { name, run } of systems) {
    if (onSystem !== undefined) onSystem(name, 'start');
    run(world);
    if (onSystem !== undefined) onSystem(name, 'end');
  }
}
