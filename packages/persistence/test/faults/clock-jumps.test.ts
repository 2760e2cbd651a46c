import { describe, expect, it } from '@jest/globals';
import { createBucketStore, createMemoryBucket, prune, readImage, retain, writeImage, type RetentionPolicy, type SnapshotStore } from '../../src/index.ts';

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2026, 5, 17, 12, 30);
const JUMPS = [-10 * 8_766, -400, -25, -1, 1, 25, 400, 10 * 8_766].map((hours) => hours * HOUR);
const policy: RetentionPolicy = { last: 2, hourly: 4, daily: 2, weekly: 2 };

const write = (store: SnapshotStore, slot: number, takenAt: number) => writeImage({
  store, game: 'g', role: 'r', process: 'p'.repeat(43), takenAt,
  image: { slot, layout: 'l', tables: [{ name: 'Score', columns: [{ name: '$entity', kind: 'eid' }], rows: 2, data: [[1, slot]], stamps: [slot] }] },
});
async function slotsIn(store: SnapshotStore): Promise<number[]> {
  const slots: number[] = [];
  for await (const ref of store.list()) {
    expect((await readImage(store, ref)).tables[0]!.data[0]![1]).toBe(ref.slot);
    slots.push(ref.slot);
  }
  return slots;
}

describe('retention by a clock that jumps', () => {
  it('drops nothing that it would keep by the right one, however wrong it is', () => {
    const dated = Array.from({ length: 60 }, (_, n) => ({ ref: { process: 'p', slot: n, sha256: 'ab' }, takenAt: BEGIN - (60 - n) * 5 * HOUR }));
    const right = retain(dated, policy, BEGIN).keep;
    for (const jump of JUMPS) expect(retain(dated, policy, BEGIN + jump).keep).toEqual(expect.arrayContaining([...right]));
  });

  it.each(JUMPS.map((jump) => ({ hours: jump / HOUR })))('by $hours hours while snapshots go on keeps the newest, and drops the old again once it is right', async ({ hours }) => {
    const store = createBucketStore(createMemoryBucket());
    for (let n = 1; n <= 60; n += 1) {
      const now = BEGIN + n * HOUR + (n > 20 && n <= 30 ? hours * HOUR : 0);
      await write(store, n, now);
      await prune({ store, policy, now });
      expect(await slotsIn(store)).toEqual(expect.arrayContaining([n - 1, n].filter((slot) => slot > 0)));
    }
    const left = await slotsIn(store);
    const [before, after] = [left.filter((slot) => slot <= 20), left.filter((slot) => slot > 30)];
    const byRightTimes = retain(after.map((slot) => ({ ref: { process: 'p', slot, sha256: 'ab' }, takenAt: BEGIN + slot * HOUR })), policy, BEGIN + 60 * HOUR);
    expect(byRightTimes.drop).toEqual([]);
    expect(before.length).toBeLessThan(5);
    // Of what was taken meanwhile, what seems to be of the future stays for people to look at.
    expect(left.length - before.length - after.length).toBeLessThanOrEqual(10);
  });
});
