import type { FaultKind, FaultRule } from './fault.ts';

/** Decides what happens to a request. */
export type Dice = (method: string, path: string) => FaultKind | undefined;

/**
 * Dice that fall the same way for the same seed: the n-th request that matches a rule always gets the same decision of
 * that rule, however requests of other rules lie between.
 */
export function createDice(rules: readonly FaultRule[], seed: number): Dice {
  const states = rules.map((rule, i) => ({ rule, random: mulberry32(seed + i * 0x9e3779b9), seen: 0, done: 0 }));
  return (method, path) => {
    let chosen: FaultKind | undefined;
    for (const state of states) {
      const { rule: { fault, probability = 1, after = 0, count = Infinity }, random } = state;
      if (!matches(state.rule, method, path)) continue;
      state.seen += 1;
      // Thrown for every rule, also after one was chosen: a decision must not depend on other rules.
      const falls = random() < probability;
      if (chosen || !falls || state.seen <= after || state.done >= count) continue;
      state.done += 1;
      chosen = fault;
    }
    return chosen;
  };
}

function matches({ method, path }: FaultRule, actualMethod: string, actualPath: string): boolean {
  // `search` ignores the position that a global or sticky expression remembers.
  return (method === undefined || method === actualMethod) && (path === undefined || actualPath.search(path) >= 0);
}

/** Tommy Ettinger's mulberry32: 32 bits of state, enough for dice. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
