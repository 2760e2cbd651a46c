import { Fault } from '@beamline/core';
import type { AoNetwork, ProcessId } from '@beamline/core';
import type { Span } from './course.ts';
import type { InstanceId } from './instance.ts';

/**
 * What the kernel's own counters tell: `errors`, `refusals`: share of messages, 0 to 1. `rate`: messages applied per
 * second. `growth`: entities gained per message applied. `lag`: slots not computed yet.
 */
export type MetricName = 'errors' | 'refusals' | 'rate' | 'growth' | 'lag';

/** A measurement of your own: a number of the process that grows worse, or better, by itself. */
export interface Measurement {
  name: string;
  measure(process: { instance: InstanceId; process: ProcessId; network: AoNetwork }, signal?: AbortSignal): Promise<number>;
}

/**
 * What a process must fulfil while it is watched, against a threshold, against what its predecessor did before the
 * cut-over (for in-place: what it did before it got the new code), or both.
 */
export interface Condition {
  metric: MetricName | Measurement;
  /** Only instances of this role. @default all */
  role?: string;
  max?: number;
  min?: number;
  /** At most so many times the predecessor's. Without a predecessor it holds. */
  maxOfBlue?: number;
  /** At least so many times the predecessor's. */
  minOfBlue?: number;
  /** Judged once so many messages were applied. @default 1 */
  atLeast?: number;
  /** The process of before must fulfil `max` and `min`, too, or it is left as it is: a world that is unwell is not moved. @default false */
  before?: boolean;
}

/** Slots: a process that is further behind is not busy but stuck. */
export const TOLERATED_LAG = 64;

/** Up to twice as many failing messages are within chance. */
export const defaultConditions: readonly Condition[] = [{ metric: 'errors', maxOfBlue: 2 }, { metric: 'lag', max: TOLERATED_LAG }];

/** @throws Fault `deployer/bad-condition` */
export function assertConditions(conditions: readonly Condition[]): void {
  conditions.forEach((condition, index) => {
    const bounds = [condition.max, condition.min, condition.maxOfBlue, condition.minOfBlue].filter((bound) => bound !== undefined);
    if (bounds.length > 0 && bounds.every(Number.isFinite)) return;
    throw new Fault('deployer/bad-condition', `analysis[${index}] bounds ${nameOf(condition)} by nothing`, {
      hint: 'Give it max, min, maxOfBlue or minOfBlue, a number each.',
    });
  });
}

/**
 * @param lag slots green has not computed
 * @returns what is wrong, one sentence per bound that does not hold
 */
export function judge(conditions: readonly Condition[], role: string, lag: number, green: Span, blue: Span | undefined): string[] {
  const applied = green.to.applied - green.from.applied;
  return conditions.filter((condition) => condition.role === undefined || condition.role === role).flatMap((condition) => {
    const { metric, max, min, maxOfBlue, minOfBlue, atLeast = 1 } = condition;
    if (typeof metric === 'string' && metric !== 'lag' && applied < atLeast) return [];
    const value = valueOf(metric, green, lag);
    if (value === undefined) return [];
    const before = blue === undefined || metric === 'lag' ? undefined : valueOf(metric, longEnough(metric, blue), 0);
    const what = described(metric, value, green);
    return [
      ...(max !== undefined && value > max ? [`${what}; at most ${max} is allowed`] : []),
      ...(min !== undefined && value < min ? [`${what}; at least ${min} is asked for`] : []),
      ...(maxOfBlue !== undefined && before !== undefined && value > before * maxOfBlue ? [`${what}; before the change it was ${shown(before)}, ${maxOfBlue} times that is allowed`] : []),
      ...(minOfBlue !== undefined && before !== undefined && value < before * minOfBlue ? [`${what}; before the change it was ${shown(before)}, ${minOfBlue} times that is asked for`] : []),
    ];
  });
}

function valueOf(metric: MetricName | Measurement, { from, to }: Span, lag: number): number | undefined {
  if (typeof metric !== 'string') return to.measured[metric.name];
  const [applied, refused, errors] = [to.applied - from.applied, to.refused - from.refused, to.errors - from.errors];
  switch (metric) {
    case 'errors': return share(errors, applied);
    case 'refusals': return share(refused, applied + refused);
    case 'rate': return to.at > from.at ? (applied * 1000) / (to.at - from.at) : undefined;
    case 'growth': return share(to.entities - from.entities, applied);
    case 'lag': return lag;
  }
}

/** Failures are rare: a share of few messages says little, and the whole life of a process says more. */
const longEnough = (metric: MetricName | Measurement, { from, to }: Span): Span =>
  ((metric === 'errors' || metric === 'refusals') && to.applied - from.applied < ENOUGH ? { from: { ...from, applied: 0, refused: 0, errors: 0 }, to } : { from, to });

const ENOUGH = 200;

function described(metric: MetricName | Measurement, value: number, { from, to }: Span): string {
  if (typeof metric !== 'string') return `${metric.name} is ${shown(value)}`;
  const applied = to.applied - from.applied;
  switch (metric) {
    case 'errors': return `${to.errors - from.errors} of ${applied} messages failed`;
    case 'refusals': return `${to.refused - from.refused} of ${applied + to.refused - from.refused} messages were refused`;
    case 'rate': return `it applies ${shown(value)} messages a second`;
    case 'growth': return `it gains ${shown(value)} entities per message`;
    case 'lag': return `it is ${value} slots behind`;
  }
}

const share = (part: number, whole: number): number => (whole <= 0 ? 0 : part / whole);
const nameOf = ({ metric }: Condition): string => (typeof metric === 'string' ? metric : metric.name);
const shown = (value: number): string => String(Math.round(value * 10_000) / 10_000);
