import { expect, it } from '@jest/globals';
import { createChance, mutate } from '../bench/fuzz/generate.ts';
import { run } from '../bench/fuzz.ts';

it('survives thousands of broken items and requests, and schedules none of them', async () => {
  const { fuzzInputs, fuzzParsed, fuzzCrashes, fuzzAccepted } = await run({ inputs: 6_000, seed: 7 });
  expect([fuzzInputs, fuzzCrashes, fuzzAccepted]).toEqual([6_000, 0, 0]);
  // Otherwise nothing would get past the first check.
  expect(fuzzParsed).toBeGreaterThan(1_000);
}, 60_000);

it('generates the same inputs for the same seed, none of them the original', () => {
  const original = Buffer.from('the quick brown fox');
  const [one, two] = [createChance(3), createChance(3)];
  for (let i = 0; i < 500; i++) {
    const changed = mutate(one, original);
    expect(changed).toEqual(mutate(two, original));
    expect(changed.equals(original)).toBe(false);
  }
});
