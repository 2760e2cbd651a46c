import { describe, expect, it } from '@jest/globals';
import { retain, type RetainedSnapshot, type RetentionPolicy } from '../../src/index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 5, 17, 12, 30);
const taken = (slot: number, takenAt: number | undefined, more: Partial<RetainedSnapshot> = {}): RetainedSnapshot =>
  ({ ref: { process: 'p', slot, sha256: String(slot).padStart(64, '0') }, takenAt, ...more });
/** One every hour for 400 days, the newest just before now. */
const hourly = Array.from({ length: 400 * 24 }, (_, n) => taken(400 * 24 - n, NOW - n * HOUR - 60_000)).reverse();
const slots = (snapshots: readonly RetainedSnapshot[]) => snapshots.map(({ ref }) => ref.slot).sort((a, b) => b - a);
const counts = (snapshots: readonly RetainedSnapshot[], policy: RetentionPolicy, now = NOW) => {
  const { why } = retain(snapshots, policy, now);
  const found: Record<string, number> = {};
  for (const reason of why.values()) found[reason] = (found[reason] ?? 0) + 1;
  return found;
};

describe('a retention policy', () => {
  it('keeps the newest of each of the last hours, days, weeks and months, and says why', () => {
    expect(counts(hourly, { last: 3, hourly: 24, daily: 7, weekly: 4, monthly: 12 })).toEqual({
      newest: 1, last: 2, hourly: 21, daily: 5, weekly: 2, monthly: 10, expired: 400 * 24 - 41,
    });
    const { keep } = retain(hourly, { monthly: 3 }, NOW);
    expect(keep.map(({ takenAt }) => new Date(takenAt!).toISOString().slice(0, 13))).toEqual(['2026-04-30T23', '2026-05-31T23', '2026-06-17T12']);
    expect(retain(hourly, { weekly: 2 }, NOW).keep.map(({ takenAt }) => new Date(takenAt!).toISOString().slice(0, 10))).toEqual(['2026-06-14', '2026-06-17']);
  });

  it('keeps the last so many of each series by slot', () => {
    const two = [1, 2, 3, 4].flatMap((n) => [taken(n, NOW - n * HOUR), taken(n, NOW - n * HOUR, { ref: { process: 'q', slot: n, sha256: 'f' } })]);
    const { keep } = retain(two, { last: 2 }, NOW);
    expect(keep.map(({ ref }) => `${ref.process}${ref.slot}`).sort()).toEqual(['p3', 'p4', 'q3', 'q4']);
    const series = two.map((one) => ({ ...one, series: 'world-0' }));
    expect(retain(series, { last: 2 }, NOW).keep).toHaveLength(2);
  });

  it('in a series of several processes takes the one seen last for the newest', () => {
    const blue = taken(900, NOW - 2 * DAY, { series: 'world-0' });
    const green = taken(3, NOW - DAY, { series: 'world-0', ref: { process: 'a', slot: 3, sha256: 'f' } });
    expect(retain([blue, green], { last: 1 }, NOW).keep).toEqual([green]);
    expect(retain([green, blue], { last: 1 }, NOW).keep).toEqual([green]);
  });

  it('without a rule keeps everything', () => {
    expect(counts(hourly, {})).toEqual({ newest: 1, 'no-rule': 400 * 24 - 1 });
  });

  it('with every rule at zero keeps the newest', () => {
    expect(slots(retain(hourly, { last: 0, hourly: 0 }, NOW).keep)).toEqual([400 * 24]);
  });

  it('drops the same whatever a clock that runs ahead says', () => {
    const policy = { last: 3, hourly: 24, daily: 7 };
    expect(slots(retain(hourly, policy, NOW + 100 * 365 * DAY).drop)).toEqual(slots(retain(hourly, policy, NOW).drop));
  });

  it('drops nothing when the clock fell back behind them all', () => {
    const { drop, keep, why } = retain(hourly, { last: 1, daily: 1 }, 0);
    expect(drop).toEqual([]);
    expect(keep).toHaveLength(hourly.length);
    expect(why.get(hourly[0]!)).toBe('future');
  });

  it('keeps a snapshot of the future, and gives it nobody\'s place in a period', () => {
    const ahead = taken(5, NOW + 1000 * DAY);
    const rest = [1, 2, 3].map((n) => taken(n, NOW - (4 - n) * DAY));
    const { keep, why } = retain([...rest, ahead, taken(6, NOW - HOUR)], { daily: 2 }, NOW);
    expect(slots(keep)).toEqual([6, 5, 3]);
    expect(why.get(ahead)).toBe('future');
  });

  it('takes the newest by slot for the newest, also when its time fell back', () => {
    const fallen = taken(9, 1_000);
    const { keep, why } = retain([taken(7, NOW - DAY), taken(8, NOW - HOUR), fallen], { daily: 1 }, NOW);
    expect(why.get(fallen)).toBe('newest');
    expect(slots(keep)).toEqual([9, 8]);
  });

  it('leaves damaged and undated ones to people, and counts neither', () => {
    const snapshots = [taken(4, NOW - HOUR, { valid: false }), taken(3, undefined), taken(2, NOW - 2 * HOUR), taken(1, NOW - 3 * HOUR)];
    const { keep, drop, why } = retain(snapshots, { hourly: 1 }, NOW);
    expect(slots(keep)).toEqual([4, 3, 2]);
    expect(slots(drop)).toEqual([1]);
    expect([...why.values()]).toEqual(['newest', 'hourly', 'damaged', 'expired']);
  });

  it('goes by slots alone where no rule asks for times', () => {
    const snapshots = [taken(4, undefined), taken(3, NOW), taken(2, undefined), taken(1, NOW - DAY)];
    expect(slots(retain(snapshots, { last: 2 }, NOW).keep)).toEqual([4, 3]);
  });

  it('under any policy, order and clocks keeps the newest valid one of every series and accounts for each snapshot once', () => {
    let seed = 7;
    const next = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 400; round += 1) {
      const snapshots = Array.from({ length: next(30) }, (_, n) => taken(next(50), [undefined, NOW - next(400) * HOUR, NOW + next(400) * HOUR, next(1000)][next(4)], {
        ref: { process: 'pqr'[next(3)]!, slot: n, sha256: String(n) }, valid: next(5) > 0,
      }));
      const policy = Object.fromEntries(['last', 'hourly', 'daily', 'weekly', 'monthly'].filter(() => next(2) > 0).map((rule) => [rule, next(4)]));
      const { keep, drop, why } = retain(snapshots, policy, [NOW, 0, NOW * 2][next(3)]!);
      expect([...keep, ...drop]).toHaveLength(snapshots.length);
      expect(why.size).toBe(snapshots.length);
      for (const process of 'pqr') {
        const valid = snapshots.filter(({ ref, valid: good }) => ref.process === process && good).sort((a, b) => b.ref.slot - a.ref.slot);
        if (valid[0] !== undefined) expect(keep).toContain(valid[0]);
      }
      for (const one of drop) expect(one.valid !== false && (one.takenAt !== undefined || Object.keys(policy).join() === 'last')).toBe(true);
      const again = retain([...snapshots].reverse(), policy, NOW);
      expect(new Set(again.keep)).toEqual(new Set(retain(snapshots, policy, NOW).keep));
    }
  });
});
