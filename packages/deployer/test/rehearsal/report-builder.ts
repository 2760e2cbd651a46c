import type { Difference, RehearsalReport, RehearsedInstance } from '../../src/rehearsal/index.ts';

export const difference = (changes: Partial<Difference> = {}): Difference => ({
  kind: 'reply', at: 'Look.data.gold', count: 3, examples: [{ slot: 7, old: '1', new: '2' }], allowed: false, ...changes,
});

export const instance = (changes: Partial<RehearsedInstance> = {}): RehearsedInstance => ({
  instance: 'world-0', role: 'world', process: 'blue', from: 100, to: 600, messages: 500, looks: [225, 350, 475, 600], differences: [], more: 0,
  cost: {
    counted: 40, message: { name: 'message', old: 1_000, new: 1_000 }, systems: [{ name: 'hunger', old: 400, new: 400 }], actions: [{ name: 'Look', old: 600, new: 600 }],
  },
  ...changes,
});

export const rehearsal = (...instances: RehearsedInstance[]): RehearsalReport => ({ version: 1, plan: 'p', outcome: 'failed', messages: 500, instances, skipped: [] });
