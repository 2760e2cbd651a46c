import type { Envelope } from '../envelope.ts';
import { heldCount, release } from '../held.ts';
import type { Kernel } from '../kernel.ts';
import { sinceOf, snapshotSince } from './snapshot.ts';
import { applyAll, limitOf } from './apply-all.ts';

/**
 * The fence: from this slot on messages wait, and the world stands still. Answers like `Snapshot`, so that the last
 * delta belongs to the fence itself. Taking back a hand-over keeps the fence where it was: nothing was applied since.
 */
export function freeze(kernel: Kernel, envelope: Envelope): string {
  const since = sinceOf(envelope);
  if (kernel.phase === 'active') kernel.fence = kernel.slot;
  kernel.phase = 'frozen';
  return snapshotSince(kernel, since);
}

/** Applies what was held, in order, at most `limit` per call; active again when nothing is left. */
export function thaw(kernel: Kernel, envelope: Envelope): string {
  let left = limitOf(envelope, 256);
  const fared = applyAll(kernel, () => {
    left = left - 1;
    return left >= 0 && heldCount(kernel.held) > 0 ? release(kernel.held) : undefined;
  });
  if (heldCount(kernel.held) === 0) {
    kernel.phase = 'active';
    kernel.fence = -1;
    kernel.successor = '';
  }
  return `${fared},"phase":"${kernel.phase}"}`;
}
