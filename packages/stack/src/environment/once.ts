/** An asynchronous start that happens once, when first needed. A failed one may be tried again. */
export interface Once<T> {
  (): Promise<T>;
  /** What it gave; `undefined` before it has. */
  result(): T | undefined;
}

export function once<T>(start: () => Promise<T>): Once<T> {
  let started: Promise<T> | undefined;
  let result: T | undefined;
  const get = (): Promise<T> =>
    started ??= start().then(
      (value) => (result = value),
      (error: unknown) => {
        started = undefined;
        throw error;
      },
    );
  return Object.assign(get, { result: () => result });
}
