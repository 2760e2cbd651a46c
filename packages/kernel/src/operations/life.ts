import type { Envelope } from '../envelope.ts';
import { heldCount } from '../held.ts';
import type { Kernel } from '../kernel.ts';
import { tag } from '../message.ts';
import { fill } from '../start.ts';
import { idsIn } from '#target';

/**
 * Lets a standby process take game messages. `Accept-From` names the predecessors, by commas, whose forwards are taken
 * at their word; repeating the operation on an active process adds more.
 */
export function activate(kernel: Kernel, envelope: Envelope): string {
  for (const process of idsIn(tag(envelope, 'accept-from'))) kernel.accepts[process] = true;
  if (kernel.phase === 'standby') {
    if (!kernel.filled) fill(kernel);
    kernel.staged = undefined;
    kernel.phase = 'active';
  }
  return '{}';
}

/** Ends the process for good: its messages are refused, naming the successor if there is one. */
export function retire(kernel: Kernel, envelope: Envelope): string {
  const waiting = heldCount(kernel.held);
  if (waiting > 0) throw `kernel/still-holding: ${waiting} messages`;
  const successor = tag(envelope, 'successor');
  if (successor !== '') kernel.successor = successor;
  kernel.staged = undefined;
  kernel.phase = 'retired';
  return '{}';
}
