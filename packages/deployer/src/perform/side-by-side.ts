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

/** The same in groups, one group after the other, by ascending `level`; `descending` turns it around. */
export async function byLevel<T extends { level: number }>(
  all: readonly T[], order: 'ascending' | 'descending', act: (one: T) => Promise<void>,
): Promise<void> {
  const levels = [...new Set(all.map(({ level }) => level))].sort((a, b) => (order === 'ascending' ? a - b : b - a));
  for (const level of levels) await sideBySide(all.filter((one) => one.level === level), act);
}
