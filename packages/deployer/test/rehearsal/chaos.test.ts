import { describe, expect, it } from '@jest/globals';
import { dice, disturbed, killsAt } from '../../src/rehearsal/chaos.ts';
import type { Entry } from '../../src/rehearsal/entry.ts';

const isOperation = (slot: number): boolean => slot % 50 === 0;

async function* schedule(from: number, count: number): AsyncGenerator<Entry> {
  for (let slot = from; slot < from + count; slot += 1) {
    yield { slot, origin: slot, timestamp: slot * 10, action: 'Move', isOperation: isOperation(slot), req: { slot, timestamp: slot * 10, body: { n: slot } } };
  }
}

async function disturb(seed: number): Promise<{ entries: Entry[]; counts: { reordered: number; delayed: number; duplicated: number } }> {
  const counts = { reordered: 0, delayed: 0, duplicated: 0 };
  const entries: Entry[] = [];
  for await (const entry of disturbed(schedule(1_000, 2_000), seed, counts)) entries.push(entry);
  return { entries, counts };
}

describe('deterministic chaos', () => {
  it('loses nothing, and brings some twice', async () => {
    const { entries, counts } = await disturb(1);
    expect(new Set(entries.map(({ origin }) => origin)).size).toBe(2_000);
    expect(entries.length).toBe(2_000 + counts.duplicated);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(30);
  });

  it('numbers slots anew without gaps, lets time run forward, and changes nothing else of a message', async () => {
    const { entries } = await disturb(2);
    entries.forEach(({ slot, timestamp, req, origin }, n) => {
      expect(slot).toBe(1_000 + n);
      expect(timestamp).toBeGreaterThanOrEqual(entries[n - 1]?.timestamp ?? 0);
      expect(req).toEqual({ slot, timestamp, body: { n: origin } });
    });
  });

  it('moves no message far, and the owner’s not at all among each other', async () => {
    const { entries } = await disturb(3);
    const seen = new Set<number>();
    let furthest = 0;
    for (const { origin } of entries) {
      if (!seen.has(origin)) expect(origin).toBeGreaterThanOrEqual(furthest - 68);
      seen.add(origin);
      furthest = Math.max(furthest, origin);
    }
    const operations = entries.filter((entry) => entry.isOperation).map(({ origin }) => origin);
    expect(operations).toEqual([...operations].sort((a, b) => a - b));
    expect(operations).toHaveLength(40);
  });

  it('is the same for a seed, and another for another', async () => {
    expect(await disturb(4)).toEqual(await disturb(4));
    expect((await disturb(4)).entries).not.toEqual((await disturb(5)).entries);
    expect(killsAt(4, 1_000)).toEqual(killsAt(4, 1_000));
  });

  it('kills in the middle, and nobody of whom there are not two', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      for (const at of killsAt(seed, 1_000)) {
        expect(at).toBeGreaterThanOrEqual(250);
        expect(at).toBeLessThan(750);
      }
    }
    expect(killsAt(1, 1).size).toBe(0);
  });

  it('rolls every number', () => {
    const roll = dice(9);
    const rolled = new Set(Array.from({ length: 500 }, () => roll(6)));
    expect([...rolled].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
