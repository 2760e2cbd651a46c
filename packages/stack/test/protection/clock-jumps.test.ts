import { describe, expect, it } from '@jest/globals';
import { sampleDrill } from '@beamline/persistence/testing';
import { nextStep, recoveryStatus, type InstanceFacts } from '../../src/protection/recovery-status.ts';

const [MINUTE, HOUR, YEAR] = [60_000, 3_600_000, 365 * 24 * 3_600_000];
const BEGIN = Date.UTC(2026, 5, 17);
const policy = { withinMs: 10_000, drillEveryMs: HOUR };

interface Day {
  /** How long after one good drill the next one came, of the time that really passed. */
  gapsMs: number[];
  steps: number;
  /** In the last two hours. */
  alerts: string[];
}

/** Ten hours of passes, one a minute, by a clock that is wrong by so much from the third hour on, and after the sixth by so much. */
function tenHours(wrongMs: number, laterMs: number, { messagesAMinute = 0, badInBetween = false } = {}): Day {
  const facts = { instance: 'world-0', process: 'p'.repeat(43), messagesPerSecond: messagesAMinute / 60, since: BEGIN, slot: 10 } satisfies Partial<InstanceFacts>;
  const [drills, snapshots]: [InstanceFacts['drills'][number][], InstanceFacts['snapshots'][number][]] = [[], [{ slot: 10, at: BEGIN, bytes: 1 }]];
  const day: Day = { gapsMs: [], steps: 0, alerts: [] };
  let proved = 0;
  for (let passed = 0; passed < 10 * HOUR; passed += MINUTE) {
    const now = BEGIN + passed + (passed < 3 * HOUR ? 0 : passed < 6 * HOUR ? wrongMs : laterMs);
    facts.slot += messagesAMinute;
    // As ledgers list them.
    drills.sort((a, b) => a.at - b.at);
    const status = recoveryStatus({ ...facts, drills, snapshots }, policy, now);
    if (passed > 8 * HOUR) day.alerts.push(...status.alerts.map(({ code }) => code));
    const step = nextStep(status, policy, now);
    if (step === 'wait') continue;
    day.steps += 1;
    if (step === 'snapshot') snapshots.push({ slot: facts.slot, at: now, bytes: 1 });
    const bad = badInBetween && passed >= 5 * HOUR && passed < 5 * HOUR + 5 * MINUTE;
    drills.push({ ...sampleDrill({ slot: snapshots.at(-1)!.slot, at: now, outcome: bad ? 'bad' : 'good' }), upTo: facts.slot, replayed: 1_000, replayMs: 1_000, recoveryMs: 1_500 });
    if (bad) continue;
    day.gapsMs.push(passed - proved);
    proved = passed;
  }
  return day;
}

const JUMPS = [-10 * YEAR, -YEAR, -2 * HOUR, -HOUR, -10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, YEAR, 10 * YEAR];
const cases = JUMPS.flatMap((wrong) => [0, wrong, -wrong].map((later) => ({ wrong: wrong / HOUR, later: later / HOUR })));

describe('protection by a clock that jumps', () => {
  it.each(cases)('by $wrong hours, then by $later, proves every hour, and not without end', ({ wrong, later }) => {
    const { gapsMs, steps, alerts } = tenHours(wrong * HOUR, later * HOUR, { messagesAMinute: 30 });
    expect(Math.max(...gapsMs)).toBeLessThanOrEqual(2 * HOUR);
    // Once an hour, and once more for each jump.
    expect(steps).toBeLessThanOrEqual(10 + 2 + 1);
    expect(alerts).toEqual([]);
  });

  it.each(cases)('by $wrong hours, then by $later, does so in a world where nothing happens, which was proved before at what seems the same hour', ({ wrong, later }) => {
    const { gapsMs, steps, alerts } = tenHours(wrong * HOUR, later * HOUR);
    expect(Math.max(...gapsMs)).toBeLessThanOrEqual(4 * HOUR);
    expect(steps).toBeLessThanOrEqual(10 + 2 + 1);
    expect(alerts).toEqual([]);
  });

  it.each(cases)('by $wrong hours, then by $later, forgets bad drills once a good one came', ({ wrong, later }) => {
    const bad = 5;
    const { steps, alerts } = tenHours(wrong * HOUR, later * HOUR, { messagesAMinute: 30, badInBetween: true });
    expect(steps).toBeLessThanOrEqual(10 + 2 + 1 + bad);
    expect(alerts).toEqual([]);
    // Where nothing happens the same hours may come again, and with them the doubt.
    expect(tenHours(wrong * HOUR, later * HOUR, { badInBetween: true }).steps).toBeLessThanOrEqual(10 + 2 + 1 + 2 * bad);
  });
});
