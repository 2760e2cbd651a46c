import { describe, expect, it } from '@jest/globals';
import { recoveryAlerts, type RecoveryFacts } from '../../src/index.ts';
import { sampleDrill } from '../../src/testing.ts';

const policy = { withinMs: 10_000, drillEveryMs: 60_000 };
const facts: RecoveryFacts = {
  drills: [sampleDrill({ at: 1_000_000 })], snapshot: { at: 1_000_000, slot: 100 }, slot: 120, since: 900_000,
  cadence: { reachable: true, afterMessages: 500, everyMs: 10_000, bytesPerDay: 1 },
};
const codes = (changed: Partial<RecoveryFacts>, now = 1_010_000) => recoveryAlerts({ ...facts, ...changed }, policy, now).map(({ code }) => code);

describe('recovery alerts', () => {
  it('are quiet while snapshots are proved in time', () => {
    expect(codes({})).toEqual([]);
  });

  it('tell of a snapshot that did not come back, until another one does', () => {
    const bad = sampleDrill({ at: 1_005_000, outcome: 'bad' });
    expect(codes({ drills: [...facts.drills, bad] })).toEqual(['persistence/drill-failed']);
    expect(codes({ drills: [bad, sampleDrill({ at: 1_006_000 })] })).toEqual([]);
  });

  it('tell of silence: no drill in twice the time asked for', () => {
    expect(codes({}, 1_120_001)).toEqual(['persistence/drills-silent']);
    expect(codes({ drills: [] }, 1_000_000)).toEqual([]);
    expect(codes({ drills: [] }, 1_020_001)).toEqual(['persistence/drills-silent']);
  });

  it('are not silenced by a clock that was set back', () => {
    expect(codes({}, 800_000)).toEqual(['persistence/drills-silent']);
  });

  it('tell of snapshots that are overdue', () => {
    expect(codes({ slot: 1_101 })).toEqual(['persistence/snapshots-silent']);
    const { snapshot: _, ...none } = facts;
    expect(recoveryAlerts({ ...none, slot: 1_001 }, policy, 1_010_000)).toMatchObject([{ code: 'persistence/snapshots-silent' }]);
  });

  it('tell of a time that no snapshot can reach', () => {
    expect(recoveryAlerts({ ...facts, cadence: { reachable: false, floorMs: 14_000 } }, policy, 1_010_000)).toMatchObject([
      { code: 'persistence/target-unreachable', message: 'a recovery takes at least 14 s, 10 s is asked for' },
    ]);
  });
});
