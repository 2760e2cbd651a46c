import { isFault } from '@beamline/core';

/**
 * Does one thing for all, at the same time, and waits for all to end, so that nothing goes on behind a caller's back.
 * Throws what cannot be helped rather than what may pass.
 */
export async function sideBySide<T, R>(all: readonly T[], act: (one: T) => Promise<R>): Promise<R[]> {
  const settled = await Promise.allSettled(all.map(act));
  const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (errors.length > 0) throw errors.find((error) => !isFault(error) || !error.retryable) ?? errors[0];
  return settled.map((one) => (one as PromiseFulfilledResult<R>).value);
}

/**
 * The same, begun in an order that everybody can rely on: what lies earlier is on its way before what lies later. Nobody
 * waits for an answer in between, for the pause of all is as long as the chain.
 */
export const beginningWith = <T extends { level: number }>(order: 'senders' | 'receivers', all: readonly T[]): T[] =>
  [...all].sort((a, b) => (order === 'senders' ? b.level - a.level : a.level - b.level));
