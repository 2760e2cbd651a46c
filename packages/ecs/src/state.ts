import type { Column } from './component.ts';

/** Columns of `$world`. */
export const STATE = { time: 0, tick: 1, alive: 2, rng: 3 } as const;

export const STATE_COLUMNS: readonly Column[] = [
  { name: 'time', kind: 'i53' }, { name: 'tick', kind: 'i53' }, { name: 'alive', kind: 'u32' },
  { name: 'rng#0', kind: 'u32' }, { name: 'rng#1', kind: 'u32' }, { name: 'rng#2', kind: 'u32' }, { name: 'rng#3', kind: 'u32' },
];
