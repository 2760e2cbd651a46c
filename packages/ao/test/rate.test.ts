import { expect, it } from '@jest/globals';
import { createRate } from '../src/local/http/rate.ts';
import { parseLimits } from '../src/local/limits.ts';
import { openLocal } from './open-local.ts';

it('lets a second’s worth through at once, then as many as time brings', () => {
  const rate = createRate(4);
  expect(Array.from({ length: 6 }, () => rate(1_000))).toEqual([0, 0, 0, 0, 250, 250]);
  expect([rate(1_250), rate(1_250)]).toEqual([0, 250]);
  expect(Array.from({ length: 5 }, () => rate(60_000))).toEqual([0, 0, 0, 0, 250]);
  expect(rate(0)).toBe(250); // a clock that goes back brings nothing
});

it('answers 429 with retry-after beyond the limit, applies nothing of it, and goes on afterwards', async () => {
  const free = await openLocal();
  const process = await free.spawn();
  const item = await free.sign(process, 'Inc');
  await free.server.close();
  const local = await openLocal({ dir: free.dir, limits: { requestsPerSecond: 5 } });
  const answers = await Promise.all(Array.from({ length: 60 }, () => local.post(`/${process}~process@1.0/push`, item)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.map(({ headers }) => headers.get('retry-after'))).toEqual(refused.map(() => '1'));
  const applied = answers.filter(({ status }) => status === 200).length;
  expect((await local.network.slots(process)).scheduled).toBe(applied);
  await local.dispose();
}, 30_000);

it('reads limits from text, and refuses what is none', () => {
  expect(parseLimits('')).toEqual({});
  expect(parseLimits('computeMs=2000,requestsPerSecond=50')).toEqual({ computeMs: 2_000, requestsPerSecond: 50 });
  for (const text of ['computeMs', 'computeMs=', 'computeMs=-1', 'computeMs=1e3', 'cpu=1', '__proto__=1']) {
    expect(() => parseLimits(text)).toThrow(expect.objectContaining({ code: 'ao/bad-limit' }));
  }
});
