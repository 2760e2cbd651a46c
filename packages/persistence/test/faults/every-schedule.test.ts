import { expect, it } from '@jest/globals';
import { createMemoryBucket } from '../../src/index.ts';
import { everySchedule } from './every-schedule.ts';

type Step = [verb: 'put' | 'get' | 'list', name: string];
const PROGRAMS: readonly (readonly Step[])[] = [
  [['get', 'x/a'], ['put', 'x/b'], ['list', 'x/'], ['put', 'y/c']],
  [['put', 'x/a'], ['get', 'x/b'], ['put', 'x/c'], ['get', 'y/c']],
  [['list', 'y/'], ['put', 'x/b']],
];

/** All ways to merge the programs, as the number of the program at each step. */
function merges(lengths: readonly number[]): number[][] {
  if (lengths.every((length) => length === 0)) return [[]];
  return lengths.flatMap((length, n) => (length === 0 ? [] : merges(lengths.with(n, length - 1)).map((rest) => [...rest, n])));
}

/** What everybody sees, and what is left, when the programs are merged so. */
function outcomeOf(order: readonly number[]): string {
  const objects = new Map<string, string>();
  const at = PROGRAMS.map(() => 0);
  const seen = PROGRAMS.map((): string[] => []);
  for (const n of order) {
    const [verb, name] = PROGRAMS[n]![at[n]!++]!;
    if (verb === 'put') objects.set(name, `${n}`);
    if (verb === 'get') seen[n]!.push(objects.get(name) ?? 'none');
    if (verb === 'list') seen[n]!.push([...objects.keys()].filter((each) => each.startsWith(name)).sort().join());
  }
  return JSON.stringify([seen, [...objects].sort()]);
}

it('meets every outcome that any order of the operations has, in far fewer orders', async () => {
  const orders = merges(PROGRAMS.map(({ length }) => length));
  const met = new Set<string>();
  const played = await everySchedule(() => {
    const bucket = createMemoryBucket();
    const seen = PROGRAMS.map((): string[] => []);
    return {
      bucket,
      actors: PROGRAMS.map((program, n) => async (mine) => {
        for (const [verb, name] of program) {
          if (verb === 'put') await mine.put(name, new TextEncoder().encode(`${n}`));
          if (verb === 'get') seen[n]!.push(new TextDecoder().decode(await mine.get(name)) || 'none');
          if (verb !== 'list') continue;
          const names: string[] = [];
          for await (const each of mine.list(name)) names.push(each.name);
          seen[n]!.push(names.sort().join());
        }
      }),
      async check() {
        met.add(JSON.stringify([seen, [...bucket.objects].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]).sort()]));
      },
    };
  });
  expect(met).toEqual(new Set(orders.map(outcomeOf)));
  expect(played).toBeLessThan(orders.length / 10);
});
