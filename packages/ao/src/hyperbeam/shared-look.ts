import type { Clock } from '@beamline/core';

/** A look that takes longer holds up nobody who asks from then on; with each that is under way, twice as long. */
const PATIENCE_MS = 250;

interface Waiting<T> {
  /** The first look that begins after it was asked. */
  from: number;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/**
 * Lets all who ask at a time share one look, which begins after they asked: the next begins when the one under way is
 * done, or takes long. An answer counts for everybody who asked before its look began, so one that is lost delays nobody
 * for whom a later one came.
 * @returns asks; rejected when every look that may have answered failed.
 */
export function createSharedLook<T>(look: () => Promise<T>, clock: Clock): () => Promise<T> {
  const underWay = new Set<number>();
  let waiting: Waiting<T>[] = [];
  let next = 0;
  let begunAt = 0;

  const begin = () => {
    const number = next++;
    begunAt = clock.now();
    underWay.add(number);
    look().then(
      (value) => settle(number, () => true, ({ resolve }) => resolve(value)),
      (error: unknown) => settle(number, ({ from }) => ![...underWay].some((other) => other >= from), ({ reject }) => reject(error)),
    );
  };
  const settle = (number: number, isDone: (one: Waiting<T>) => boolean, tell: (one: Waiting<T>) => void) => {
    underWay.delete(number);
    const { done = [], still = [] } = Object.groupBy(waiting, (one) => (one.from <= number && isDone(one) ? 'done' : 'still'));
    waiting = still;
    done.forEach(tell);
    if (!underWay.has(next - 1) && waiting.some(({ from }) => from === next)) begin();
  };

  return () =>
    new Promise((resolve, reject) => {
      waiting.push({ from: next, resolve, reject });
      const isSlow = clock.now() - begunAt >= PATIENCE_MS * 2 ** (underWay.size - 1);
      if (!underWay.has(next - 1) || isSlow) begin();
    });
}
