import type { Envelope } from './envelope.ts';
import { heldCount, release } from './held.ts';
import { count, type Kernel } from './kernel.ts';
import { originTags } from './origin.ts';
import { post, putData } from './outbox.ts';

/** Sends one message on to the successor, as its sender said it. */
export function forward(kernel: Kernel, envelope: Envelope): void {
  const message = originTags(envelope);
  message['target'] = kernel.successor;
  putData(message, envelope.data);
  post(message);
  count(kernel, 'forwarded', 1);
}

/** Forwards the oldest held messages, at most `limit`, in order. Returns how many. */
export function drain(kernel: Kernel, limit: number): number {
  let count = 0;
  while (count < limit && heldCount(kernel.held) > 0) {
    forward(kernel, release(kernel.held));
    count = count + 1;
  }
  return count;
}
