import type { Bucket, BucketEntry } from '../../src/index.ts';

/** One program at work on a bucket. */
export type Actor = (bucket: Bucket) => Promise<unknown>;

export interface Operation {
  writes: boolean;
  /** What it touches: one object, or with a `/` at the end all below. */
  name: string;
}

/** An actor that does nothing to the bucket until it is told to. */
export interface Program {
  /** What it would do next; `undefined`: it has ended. */
  next(): Promise<Operation | undefined>;
  /** Does it. */
  run(): Promise<void>;
  /** Once it has ended, unless it was killed. */
  readonly outcome: PromiseSettledResult<unknown> | undefined;
}

/** Whether the order of the two can matter. */
export function isConflict(a: Operation, b: Operation): boolean {
  if (!a.writes && !b.writes) return false;
  return a.name.endsWith('/') ? b.name.startsWith(a.name) : b.name.endsWith('/') ? a.name.startsWith(b.name) : a.name === b.name;
}

/** @param killedAt before its operation of this number, counted from 1 */
export function startProgram(bucket: Bucket, actor: Actor, killedAt = Infinity): Program {
  const queue: (Operation & { work(): Promise<void> })[] = [];
  let [begun, ended] = [0, false];
  let outcome: PromiseSettledResult<unknown> | undefined;
  let wake = (): void => undefined;

  function step<T>(writes: boolean, name: string, work: () => Promise<T>): Promise<T> {
    begun += 1;
    return new Promise<T>((resolve, reject) => {
      if (begun >= killedAt) ended = true;
      else queue.push({ writes, name, work: () => work().then(resolve, reject) });
      wake();
    });
  }
  const end = (how: PromiseSettledResult<unknown>): void => {
    outcome = how;
    ended = true;
    wake();
  };
  actor({
    kind: bucket.kind,
    put: (name, ...rest) => step(true, name, () => bucket.put(name, ...rest)),
    get: (name, ...rest) => step(false, name, () => bucket.get(name, ...rest)),
    async *list(prefix) {
      yield* await step(false, prefix, async () => {
        const entries: BucketEntry[] = [];
        for await (const entry of bucket.list(prefix)) entries.push(entry);
        return entries;
      });
    },
    async remove(names) {
      for (const name of names) await step(true, name, () => bucket.remove([name]));
    },
  }).then((value) => end({ status: 'fulfilled', value }), (reason: unknown) => end({ status: 'rejected', reason }));

  return {
    async next() {
      while (!ended && queue.length === 0) await new Promise<void>((resolve) => { wake = resolve; });
      return queue[0];
    },
    run: () => queue.shift()!.work(),
    get outcome() { return outcome; },
  };
}
