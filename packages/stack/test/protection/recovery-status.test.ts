import { describe, expect, it } from '@jest/globals';
import { sampleDrill } from '@beamline/persistence/testing';
import { nextStep, recoveryStatus, type InstanceFacts } from '../../src/protection/recovery-status.ts';

const policy = { withinMs: 10_000, drillEveryMs: 60_000 };
const NOW = 1_000_000;
const good = { ...sampleDrill({ at: NOW - 5_000, slot: 100 }), replayed: 1_000, replayMs: 500, recoveryMs: 1_500 };
const facts: InstanceFacts = {
  instance: 'world-0', process: good.process, drills: [good], slot: 400, messagesPerSecond: 100, since: NOW - 100_000,
  snapshots: [{ slot: 40, at: NOW - 9_000, bytes: 90_000 }, { slot: 100, at: NOW - 6_000, bytes: 600 }],
};
const step = (changed: Partial<InstanceFacts>, now = NOW) => nextStep(recoveryStatus({ ...facts, ...changed }, policy, now), policy, now);

describe('the recovery status of an instance', () => {
  it('says what is proved, how far it is behind, when a snapshot is due and what other times cost', () => {
    expect(recoveryStatus(facts, policy, NOW)).toEqual({
      instance: 'world-0', process: good.process, withinMs: 10_000,
      proved: { ref: good.ref, at: good.at, recoveryMs: 1_500, replayed: 1_000 },
      snapshot: { slot: 100, at: NOW - 6_000 }, behind: 300,
      cadence: { reachable: true, afterMessages: 14_000, everyMs: 140_000, bytesPerDay: expect.any(Number) },
      costs: [{ withinMs: 10_000, cadence: expect.objectContaining({ reachable: true }) }, { withinMs: 30_000, cadence: expect.objectContaining({ reachable: true }) }],
      alerts: [],
    });
  });

  it('knows no cadence before a drill measured one', () => {
    expect(recoveryStatus({ ...facts, drills: [] }, policy, NOW)).toMatchObject({ costs: [], behind: 300 });
  });
});

describe('what is done next for an instance', () => {
  it.each([
    ['a first snapshot', { snapshots: [], drills: [] }, NOW, 'snapshot'],
    ['a first drill, of what was never proved', { drills: [], slot: 100 }, NOW, 'drill'],
    ['a snapshot of what came since, when none was ever proved', { drills: [] }, NOW, 'snapshot'],
    ['nothing, while few messages came', {}, NOW, 'wait'],
    ['a snapshot, when a recovery would take too long', { slot: 14_100 }, NOW, 'snapshot'],
    ['another snapshot, when the last did not come back', { drills: [good, sampleDrill({ at: NOW - 1, slot: 100, outcome: 'bad' as const })] }, NOW, 'snapshot'],
    ['a drill of an old snapshot in a quiet world', { slot: 100 }, NOW + 60_000, 'drill'],
    ['a new snapshot, when nothing was proved for long', {}, NOW + 60_000, 'snapshot'],
    ['a drill, when the clock was set back', { slot: 100 }, NOW - 100_000, 'drill'],
  ])('%s', (_name, changed, now, expected) => {
    expect(step(changed, now)).toBe(expected);
  });

  it('is to wait where no snapshot could reach the time asked for; the alert tells', () => {
    const slow = { ...good, recoveryMs: 20_000 };
    expect(step({ drills: [slow] })).toBe('wait');
    expect(recoveryStatus({ ...facts, drills: [slow] }, policy, NOW).alerts).toMatchObject([{ code: 'persistence/target-unreachable' }]);
  });
});
