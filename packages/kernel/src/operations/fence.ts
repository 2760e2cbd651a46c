import { applyMessage } from '../apply.ts';
import type { Envelope } from '../envelope.ts';
import { heldCount, release } from '../held.ts';
import type { Kernel } from '../kernel.ts';
import { sinceOf, snapshotSince } from './snapshot.ts';
import { createTally, limitOf, tallyJson, tallyOutcome } from './tally.ts';

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
  const tally = createTally();
  const limit = limitOf(envelope, 256);
  for (let count = 0; count < limit && heldCount(kernel.held) > 0; count++) {
    tallyOutcome(kernel, tally, applyMessage(kernel, release(kernel.held)));
  }
  if (heldCount(kernel.held) === 0) {
    kernel.phase = 'active';
    kernel.fence = -1;
    kernel.successor = '';
  }
  return tallyJson(kernel, tally);
}
