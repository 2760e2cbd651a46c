import { expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import type { Computed } from '@beamline/vm';
import type { Machine } from '../src/local/machine.ts';
import { createComputation, type Brick } from '../src/local/computation.ts';
import { DEFAULT_LIMITS } from '../src/local/limits.ts';
import type { Schedule } from '../src/local/schedule.ts';

const ok = (n: number): Computed => ({ ok: true, results: { n }, changed: { n }, removed: [], ms: 0 });

/** A schedule of `last + 1` slots. */
function slots(last: number): Schedule {
  const unused = () => {
    throw new Error('not part of this test');
  };
  return { last: () => last, assignment: async (slot) => ({ slot }), release: () => undefined, entry: unused, append: unused, adopt: unused, restore: unused };
}

function vm(compute: (slot: number) => Computed, seen: number[][] = []): Machine['vm'] {
  return {
    async computeAll(requests: readonly AoMap[]) {
      seen.push(requests.map(({ slot }) => slot as number));
      const results: Computed[] = [];
      for (const { slot } of requests) {
        const result = compute(slot as number);
        results.push(result);
        if (!result.ok) break;
      }
      return results;
    },
    close: async () => undefined,
  };
}

function computation(start: () => Promise<Machine['vm']>, last = 5, limits = {}) {
  const bricks: Brick[] = [];
  const made = createComputation({
    process: 'p', schedule: slots(last), base: { device: 'lua@5.3a' }, start: async () => ({ vm: await start() }), limits: { ...DEFAULT_LIMITS, ...limits }, onBrick: (brick) => bricks.push(brick),
  });
  return { ...made, bricks };
}

it('hands all slots that somebody waits for to the worker at once, and none besides', async () => {
  const seen: number[][] = [];
  const { computeTo, computed } = computation(async () => vm(ok, seen));
  await Promise.all([computeTo(2), computeTo(0), computeTo(3)]);
  expect(seen.flat()).toEqual([0, 1, 2, 3]);
  expect(computed()).toBe(3);
});

it('gives each waiter the state as it was after its slot', async () => {
  const { computeTo } = computation(async () => vm(ok));
  const answers = await Promise.all([computeTo(1), computeTo(4), computeTo(1)]);
  expect(answers.map(({ state }) => state)).toEqual([1, 4, 1].map((n) => ({ device: 'lua@5.3a', n, 'at-slot': n })));
});

it('answers the slots before a failure of the same batch, and says which slot failed to the others', async () => {
  const { computeTo, bricks } = computation(async () => vm((slot) => (slot === 2 ? { ok: false, reason: 'error', status: 400, message: 'boom' } : ok(slot))));
  const answers = await Promise.allSettled([computeTo(1), computeTo(2), computeTo(3)]);
  expect(answers[0]).toMatchObject({ status: 'fulfilled', value: { slot: 1 } });
  expect(answers[1]).toMatchObject({ reason: { details: { status: 400, 'attempted-slot': 2 } } });
  expect(answers[2]).toMatchObject({ reason: { details: { status: 500, 'attempted-slot': 2 } } });
  expect(bricks).toEqual([{ slot: 2, status: 400, reason: 'boom' }]);
  await expect(computeTo(5)).rejects.toMatchObject({ details: { status: 500 } });
});

it('starts over from slot 0 when the worker is lost, holding nothing against the process', async () => {
  const seen: number[][] = [];
  let machines = 0;
  const start = async () => {
    machines += 1;
    if (machines > 1) return vm(ok, seen);
    return vm((slot) => {
      if (slot === 2) throw new Error('the worker died');
      return ok(slot);
    });
  };
  const { computeTo, bricks, latest } = computation(start);
  await computeTo(1);
  await expect(computeTo(2)).rejects.toThrow('the worker died');
  expect((await latest()).slot).toBe(1);
  expect((await computeTo(3)).state['n']).toBe(3);
  expect(seen.flat()).toEqual([0, 1, 2, 3]);
  expect(bricks).toEqual([]);
});

it('tries again to start a VM that did not start', async () => {
  let attempts = 0;
  const { computeTo, bricks } = computation(async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('no memory');
    return vm(ok);
  });
  await expect(computeTo(0)).rejects.toThrow('no memory');
  expect((await computeTo(0)).slot).toBe(0);
  expect(bricks).toEqual([]);
});

it('answers whoever waited for a slot, even one whose result is too large to be kept', async () => {
  const { computeTo } = computation(async () => vm((slot) => ({ ...(ok(slot) as Computed & { ok: true }), results: { page: 'x'.repeat(100) } })), 5, { recentBytes: 50 });
  const answers = await Promise.all([computeTo(0), computeTo(1), computeTo(2)]);
  expect(answers.map(({ slot }) => slot)).toEqual([0, 1, 2]);
  await expect(computeTo(1)).rejects.toMatchObject({ code: 'ao/slot-forgotten' });
  expect((await computeTo(2)).slot).toBe(2);
});

it('stops before the slot where an earlier run got stuck', async () => {
  const seen: number[][] = [];
  const { computeTo, breakAt, latest } = computation(async () => vm(ok, seen));
  breakAt({ slot: 2, status: 400, reason: 'earlier' });
  await expect(computeTo(5)).rejects.toMatchObject({ details: { 'attempted-slot': 2 } });
  expect((await latest()).slot).toBe(1);
  expect(seen.flat()).toEqual([0, 1]);
});
