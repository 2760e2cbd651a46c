import type { Bucket } from '../../src/index.ts';
import { isConflict, startProgram, type Actor, type Operation, type Program } from './program.ts';

export interface Scene {
  bucket: Bucket;
  actors: readonly Actor[];
  /** The n-th actor is killed before its operation of this number, counted from 1. @default nobody is */
  killed?: readonly (number | undefined)[];
  /** After the last operation of each; outcomes as of `Promise.allSettled`, of the killed `undefined`. */
  check(outcomes: readonly (PromiseSettledResult<unknown> | undefined)[]): Promise<void>;
}

/** A state on the way of one schedule. */
interface Point {
  /** What each actor would do next there. */
  waiting: ReadonlyMap<number, Operation>;
  /** Who went on from there, and who need not: it would only repeat a schedule. */
  done: Set<number>;
  /** Who is to go on from there, too. */
  todo: Set<number>;
  choice: number;
}

/**
 * Plays a scene for every order in which the actors' operations on the bucket can follow each other. Orders that differ
 * only in neighbours that commute (two reads, or different objects) lead to the same, so one of them stands for all: dynamic
 * partial-order reduction by source sets and sleep sets (Abdulla et al., POPL 2014). Scenes must begin the same each time.
 * Resolves to how many were played to the end.
 */
export async function everySchedule(begin: () => Scene | Promise<Scene>): Promise<number> {
  const points: Point[] = [];
  for (let played = 0; ;) {
    if (await play(await begin(), points)) played += 1;
    findRaces(points);
    while (points.at(-1)?.todo.size === 0) points.pop();
    const last = points.at(-1);
    if (last === undefined) return played;
    last.choice = [...last.todo][0]!;
  }
}

/** Follows the choices made before, then goes on somehow, noting where it passes. `false`: what would follow is known. */
async function play({ bucket, actors, killed = [], check }: Scene, points: Point[]): Promise<boolean> {
  const programs = actors.map((actor, n) => startProgram(bucket, actor, killed[n]));
  let asleep = new Set<number>();
  for (let at = 0; ; at += 1) {
    const waiting = await nextOf(programs);
    if (waiting.size === 0) break;
    const point = points[at] ?? { waiting, done: new Set(asleep), todo: new Set(), choice: [...waiting.keys()].find((n) => !asleep.has(n)) ?? NOBODY };
    if (point.choice === NOBODY) return false;
    point.waiting = waiting;
    points[at] = point;
    const operation = waiting.get(point.choice);
    if (operation === undefined) throw new Error('the scene is another one this time');
    // Whoever went on from here before leads to the same from the next point on, unless the two meet.
    asleep = new Set([...point.done].filter((n) => n !== point.choice && !isConflict(waiting.get(n)!, operation)));
    point.done.add(point.choice);
    point.todo.delete(point.choice);
    await programs[point.choice]!.run();
  }
  await check(programs.map(({ outcome }) => outcome));
  return true;
}

const NOBODY = -1;

async function nextOf(programs: readonly Program[]): Promise<Map<number, Operation>> {
  const waiting = new Map<number, Operation>();
  for (const [n, program] of programs.entries()) {
    const operation = await program.next();
    if (operation !== undefined) waiting.set(n, operation);
  }
  return waiting;
}

/** Two operations that meet, with nothing between that orders them, are to be played the other way round, too. */
function findRaces(points: readonly Point[]): void {
  /** Per step: the last step of each actor that had to come before it, or is it. */
  const clocks: Map<number, number>[] = [];
  const isAfter = (step: number, before: number): boolean => (clocks[step]!.get(points[before]!.choice) ?? -1) >= before;
  const current = new Map<number, Map<number, number>>();
  for (const [i, { choice, waiting }] of points.entries()) {
    const clock = new Map(current.get(choice));
    current.set(choice, clock);
    clocks.push(clock);
    const races: number[] = [];
    for (let j = i - 1; j >= 0; j -= 1) {
      const { choice: other, waiting: then } = points[j]!;
      if (other === choice || isAfter(i, j) || !isConflict(then.get(other)!, waiting.get(choice)!)) continue;
      races.push(j);
      for (const [actor, step] of clocks[j]!) clock.set(actor, Math.max(step, clock.get(actor) ?? -1));
    }
    clock.set(choice, i);
    for (const j of races) {
      // What need not come after j, and i: whoever can begin with that is to go on from j's point.
      const steps = [...points.keys()].filter((k) => k === i || (k > j && k < i && !isAfter(k, j)));
      const first = steps.filter((k) => !steps.some((l) => l < k && isAfter(k, l))).map((k) => points[k]!.choice);
      const { done, todo } = points[j]!;
      if (!first.some((actor) => done.has(actor) || todo.has(actor))) todo.add(first[0]!);
    }
  }
}
