/** Stops a program at a chosen point, as a power cut would: from there on nothing it touches answers. */
export interface FatalStep {
  /** How many points were passed. */
  readonly passed: number;
  /** True once it has struck. */
  readonly dead: boolean;
  /** Wraps everything asynchronous an object does: each call is a point before it is done, and one after. */
  around<T extends object>(subject: T): T;
}

/** Strikes at the `at`-th point; never, for Infinity. */
export function createFatalStep(at = Infinity): FatalStep {
  let passed = 0;
  let dead = false;

  /** False from the point on at which it struck. */
  const alive = (): boolean => {
    if (!dead) passed += 1;
    if (passed >= at) dead = true;
    return !dead;
  };

  const guard = (method: (...args: unknown[]) => unknown) => (...args: unknown[]): unknown => {
    if (!alive()) return deadAnswer();
    const result = method(...args);
    if (isIterable(result)) return guardIterable(result);
    if (!(result instanceof Promise)) return result;
    return result.then((value) => {
      if (!alive()) throw new Error('killed');
      return value as unknown;
    });
  };

  async function* guardIterable(items: AsyncIterable<unknown>): AsyncIterable<unknown> {
    for await (const item of items) {
      if (dead) throw new Error('killed');
      yield item;
    }
  }

  return {
    get passed() { return passed; },
    get dead() { return dead; },
    around<T extends object>(subject: T): T {
      return new Proxy(subject, {
        get(target, name) {
          const value = Reflect.get(target, name) as unknown;
          return typeof value === 'function' ? guard(value.bind(target) as (...args: unknown[]) => unknown) : value;
        },
      });
    },
  };
}

/** Fails whether it is awaited or iterated. */
function deadAnswer(): unknown {
  const answer = Promise.reject(new Error('killed'));
  answer.catch(() => undefined);
  return Object.assign(answer, { [Symbol.asyncIterator]: () => ({ next: () => answer }) });
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
