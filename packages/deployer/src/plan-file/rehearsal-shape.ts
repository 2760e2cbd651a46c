import type { ChaosCounts, CostPair, Difference, DifferenceExample, ForkReport, RehearsalCost, RehearsalReport, RehearsedInstance } from '../rehearsal/report.ts';
import { count, flag, list, object, oneOf, optional, text } from './shape.ts';

const pair = object<CostPair>({ name: text, old: optional(count), new: optional(count) });

const difference = object<Difference>({
  kind: oneOf('state', 'reply', 'outbox', 'error', 'cost'), at: text, count, source: optional(text), allowed: flag,
  examples: list(object<DifferenceExample>({ slot: count, entity: optional(count), old: optional(text), new: optional(text) })),
});

const instance = object<RehearsedInstance>({
  instance: text, role: text, process: text, from: count, to: count, messages: count, short: optional(text), looks: list(count), differences: list(difference), more: count,
  cost: object<RehearsalCost>({ counted: count, message: pair, systems: list(pair), actions: list(pair) }),
  chaos: optional(object<ChaosCounts>({ reordered: count, delayed: count, duplicated: count, killed: count })),
});

export const rehearsalShape = object<RehearsalReport>({
  version: oneOf(1), plan: text, outcome: oneOf('passed', 'failed'), messages: count, chaos: optional(count), instances: list(instance), skipped: list(text),
  fork: optional(object<ForkReport>({ instances: list(text), problems: list(text) })),
});
