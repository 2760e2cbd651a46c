import type { Cost } from '@beamline/vm';
import type { CostPair, RehearsalCost } from './report.ts';

/** One message in so many of its action is counted, the first one always: counting all would take half as long again. */
const EVERY = 16;

interface OfAction {
  messages: number;
  counted: number;
  /** Sums over the counted, systems left out. */
  own: [old: number, fresh: number];
  systems: Map<string, [old: number, fresh: number]>;
}

/** Collects what messages cost the two releases. */
export interface Costs {
  /** Whether the next message of this action is to be counted. */
  wants(action: string): boolean;
  add(action: string, old: Cost, fresh: Cost): void;
  means(): RehearsalCost;
}

export function createCosts(): Costs {
  const actions = new Map<string, OfAction>();
  return {
    wants(action) {
      const of = actions.get(action) ?? { messages: 0, counted: 0, own: [0, 0], systems: new Map() };
      actions.set(action, of);
      of.messages += 1;
      return of.messages % EVERY === 1;
    },

    add(action, ...costs) {
      const of = actions.get(action)!;
      of.counted += 1;
      for (const [side, { instructions, systems }] of costs.entries() as Iterable<[0 | 1, Cost]>) {
        of.own[side] += instructions - Object.values(systems).reduce((sum, spent) => sum + spent, 0);
        for (const [name, spent] of Object.entries(systems)) {
          const sums = of.systems.get(name) ?? [0, 0];
          sums[side] += spent;
          of.systems.set(name, sums);
        }
      }
    },

    /** Actions weigh as much as there are messages of them. */
    means() {
      const known = [...actions].filter(([, { counted }]) => counted > 0);
      const messages = known.reduce((sum, [, of]) => sum + of.messages, 0);
      const mean = (sums: (of: OfAction) => readonly [number, number] | undefined) => ([0, 1] as const).map((side) =>
        known.reduce((sum, [, of]) => sum + ((sums(of)?.[side] ?? 0) / of.counted) * of.messages, 0) / Math.max(1, messages)) as [number, number];
      const names = [...new Set(known.flatMap(([, { systems }]) => [...systems.keys()]))].sort();
      const systems = names.map((name) => [name, mean((of) => of.systems.get(name))] as const);
      const own = mean((of) => of.own);
      const total = ([0, 1] as const).map((side) => own[side] + systems.reduce((sum, [, of]) => sum + of[side], 0)) as [number, number];
      return {
        counted: known.reduce((sum, [, { counted }]) => sum + counted, 0),
        message: pair('message', total),
        systems: systems.map(([name, of]) => pair(name, of)),
        actions: known.map(([name, { own: sums, counted }]) => pair(name, [sums[0] / counted, sums[1] / counted])).sort((a, b) => (a.name < b.name ? -1 : 1)),
      };
    },
  };
}

/** What takes nothing at all is not there. */
const pair = (name: string, [old, fresh]: readonly [number, number]): CostPair =>
  ({ name, ...(old > 0 ? { old: Math.round(old) } : {}), ...(fresh > 0 ? { new: Math.round(fresh) } : {}) });

/** Below this share of a message nobody notices. */
const NOTICED = 0.01;

/** Systems and actions that take more than `ratio` times as much; new ones that make a message more than `ratio` times as dear. */
export function tooDear({ message, systems, actions }: RehearsalCost, ratio: number): CostPair[] {
  const whole = message.old ?? 0;
  return [...systems, ...actions].filter(({ old = 0, new: fresh = 0 }) =>
    fresh > (old === 0 ? whole * (ratio - 1) : Math.max(old * ratio, old + whole * NOTICED)));
}
