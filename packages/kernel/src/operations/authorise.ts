import { refused, type Answer } from '../answer.ts';
import type { Envelope } from '../envelope.ts';
import { readInteger } from '../integer.ts';
import type { Kernel } from '../kernel.ts';
import { tag } from '../message.ts';
import { find } from '#target';

export const PREFIX = 'Beamline.';
/** Version of the protocol between operator and kernel. */
export const PROTOCOL = '1';
/** How far an operation's `Issued` may lie from its slot's time: older ones may be somebody else's repetition. */
export const MAX_AGE_MS = 600000;

/** Names under `Beamline.` are the kernel's; a forward is a game message in an envelope of its own. */
export function isOperation(envelope: Envelope): boolean {
  const { action } = envelope;
  return find(action, PREFIX) === 0 && action !== 'Beamline.Forward';
}

/** Why the operation is not obeyed, or `undefined`. Nothing of it is remembered. */
export function authorise(kernel: Kernel, envelope: Envelope): Answer | undefined {
  if (kernel.owner === '' || envelope.from !== kernel.owner) {
    return refused('kernel/not-owner', '');
  }
  if (tag(envelope, 'protocol') !== PROTOCOL) {
    return refused('kernel/protocol', '1');
  }
  if (tag(envelope, 'environment') !== kernel.environment) {
    return refused('kernel/environment', kernel.environment);
  }
  const issued = readInteger(tag(envelope, 'issued'));
  if (issued === undefined || issued > envelope.timestamp + MAX_AGE_MS || issued < envelope.timestamp - MAX_AGE_MS) {
    return refused('kernel/stale-operation', '');
  }
  return undefined;
}
