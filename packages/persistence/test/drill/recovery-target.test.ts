import { describe, expect, it } from '@jest/globals';
import { paceOfDrills, snapshotCadence, type RecoveryPace } from '../../src/index.ts';
import { sampleDrill } from '../../src/testing.ts';

const pace: RecoveryPace = {
  fixedMs: 2_000, replayPerSecond: 1_000, messagesPerSecond: 50, fullBytes: 1_000_000, increments: [{ messages: 100, bytes: 10_000 }, { messages: 300, bytes: 30_000 }],
};

describe('a recovery time asked for', () => {
  it('becomes the messages that may follow a snapshot', () => {
    expect(snapshotCadence(pace, 10_000)).toEqual({ reachable: true, afterMessages: 6_000, everyMs: 120_000, bytesPerDay: 432_000_000 });
  });

  it('costs less storage the longer a recovery may take', () => {
    const bytes = [10_000, 30_000, 60_000].map((withinMs) => {
      const cadence = snapshotCadence(pace, withinMs);
      return cadence.reachable ? cadence.bytesPerDay : NaN;
    });
    expect(bytes).toEqual([432_000_000, 196_363_636, 93_913_043]);
  });

  it('never charges an increment more than a full snapshot', () => {
    const cadence = snapshotCadence({ ...pace, increments: [] }, 30_000);
    expect(cadence).toEqual({ reachable: true, afterMessages: 22_000, everyMs: 440_000, bytesPerDay: Math.round((86_400 / 440) * 1_000_000) });
  });

  it('is kept by a recovery at the measured pace, whatever the numbers', () => {
    for (const fixedMs of [10, 900, 7_000]) {
      for (const replayPerSecond of [5, 333, 5_000]) {
        for (const withinMs of [1_000, 10_000, 30_000]) {
          const cadence = snapshotCadence({ ...pace, fixedMs, replayPerSecond }, withinMs);
          if (cadence.reachable) expect(fixedMs + (cadence.afterMessages / replayPerSecond) * 1_000).toBeLessThanOrEqual(withinMs);
          else expect(cadence.floorMs).toBeGreaterThan(withinMs * 0.79);
        }
      }
    }
  });

  it('cannot be reached when loading alone takes longer', () => {
    expect(snapshotCadence({ ...pace, fixedMs: 9_000 }, 10_000)).toEqual({ reachable: false, floorMs: 11_250 });
    expect(snapshotCadence({ ...pace, replayPerSecond: 0 }, 10_000)).toMatchObject({ reachable: false });
  });

  it('needs no snapshots where nobody sends anything', () => {
    expect(snapshotCadence({ ...pace, messagesPerSecond: 0 }, 10_000)).toMatchObject({ reachable: true, everyMs: Infinity, bytesPerDay: 0 });
  });
});

describe('the pace of drills', () => {
  const drill = (at: number, replayed: number, replayMs: number, recoveryMs = 500) => ({ ...sampleDrill({ at }), replayed, replayMs, recoveryMs });

  it('is unknown before the first good one', () => {
    expect(paceOfDrills([])).toBeUndefined();
    expect(paceOfDrills([sampleDrill({ outcome: 'bad' })])).toBeUndefined();
  });

  it('is that of the slowest of the last five', () => {
    const drills = [drill(0, 1_000, 100_000), ...[1, 2, 3, 4, 5].map((at) => drill(at, 1_000, at === 3 ? 400 : 100, at === 4 ? 900 : 450))];
    expect(paceOfDrills(drills)).toEqual({ fixedMs: 800, replayPerSecond: 2_500 });
  });

  it('is a cautious guess until a drill replayed enough to tell', () => {
    expect(paceOfDrills([drill(1, 3, 1)])).toMatchObject({ replayPerSecond: 200 });
  });
});
