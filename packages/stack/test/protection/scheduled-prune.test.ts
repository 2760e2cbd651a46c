import { beforeEach, describe, expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import type { RetentionPolicy } from '@beamline/persistence';
import type { BackupPruned } from '../../src/backup/backup.ts';
import { createScheduledPrune, pruneEveryMs } from '../../src/protection/scheduled-prune.ts';
import { createMemoryTimeline } from '../../src/timeline/memory-timeline.ts';
import type { Timeline } from '../../src/timeline/timeline.ts';

const HOUR = 3_600_000;
let now: number;
let prunes: number[];
let events: Timeline;
let trouble: Error | undefined;
let result: readonly BackupPruned[];
const clock = { now: () => now };
const notes = () => events.list().flatMap((event) => (event.kind === 'note' ? [`${event.level}: ${event.text}`] : []));

beforeEach(() => {
  now = Date.UTC(2026, 5, 17);
  prunes = [];
  events = createMemoryTimeline({ clock: createManualClock() });
  trouble = undefined;
  result = [];
});
const scheduled = (keep: RetentionPolicy) => createScheduledPrune({
  keep, clock, events,
  prune: async () => {
    prunes.push(now);
    if (trouble !== undefined) throw trouble;
    return result;
  },
});
/** Passes every ten minutes. */
async function hours(count: number, pass: () => Promise<void>): Promise<void> {
  for (let n = 0; n < count * 6; n += 1) {
    await pass();
    now += HOUR / 6;
  }
}

describe('prunes by the policy', () => {
  it.each<[RetentionPolicy, number | undefined]>([
    [{ last: 3 }, 1], [{ hourly: 24, daily: 7 }, 1], [{ daily: 7, monthly: 12 }, 24], [{ weekly: 4 }, 168], [{ monthly: 12 }, 168], [{ last: 0 }, 1], [{}, undefined],
  ])('%j: every %p hours', (keep, every) => {
    expect(pruneEveryMs(keep)).toBe(every === undefined ? undefined : every * HOUR);
  });

  it('come at once and then as often as they have something to do', async () => {
    await hours(5, scheduled({ hourly: 3 }));
    expect(prunes).toHaveLength(5);
  });

  it('come never where everything is kept', async () => {
    await hours(50, scheduled({}));
    expect(prunes).toEqual([]);
  });

  it('tell what they dropped, and nothing where it was nothing', async () => {
    const pass = scheduled({ last: 2 });
    await pass();
    result = [{ store: 'cellar', kept: 2, dropped: ['a', 'b'], why: {} }, { store: 'attic', kept: 1, dropped: [], why: {} }];
    now += HOUR;
    await pass();
    expect(notes()).toEqual(['info: Dropped backups that the policy does not keep: 2 in cellar, which has 2']);
  });

  it('that fail are told once, and come again in an hour', async () => {
    trouble = new Fault('persistence/read-failed', 'the cellar is locked');
    const pass = scheduled({ daily: 7 });
    await hours(3, pass);
    expect(prunes).toHaveLength(3);
    expect(notes()).toEqual([expect.stringContaining('the cellar is locked')]);
    trouble = undefined;
    await hours(20, pass);
    expect(prunes).toHaveLength(4);
    trouble = new Fault('persistence/read-failed', 'the attic is locked');
    await hours(10, pass);
    expect(notes()).toHaveLength(2);
  });

  it('go on after the clock jumped, either way, and not more often', async () => {
    for (const jump of [-10 * 8_766, -30, 30, 10 * 8_766]) {
      prunes = [];
      const pass = scheduled({ daily: 7 });
      await hours(30, pass);
      now += jump * HOUR;
      await hours(30, pass);
      expect(prunes.length).toBeGreaterThanOrEqual(4);
      expect(prunes.length).toBeLessThanOrEqual(5);
    }
  });

  it('that are told to stop end quietly', async () => {
    const stop = new AbortController();
    trouble = new Error('aborted');
    stop.abort();
    await scheduled({ last: 1 })(stop.signal);
    expect(notes()).toEqual([]);
  });
});
