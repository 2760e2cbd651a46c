import { answer, failed, refused, type Answer } from './answer.ts';
import { applyMessage, screen } from './apply.ts';
import { attempt } from './attempt.ts';
import type { Envelope } from './envelope.ts';
import { drain, forward } from './forward.ts';
import { heldCount, hold, isHeld } from './held.ts';
import type { Kernel } from './kernel.ts';
import { originalOf } from './origin.ts';
import { lookup } from '#target';

/** Messages a handed-over process passes on per message it receives: more than one, so that what it held drains. */
const DRAIN = 2;

/** Deals with one game message, by phase. */
export function receive(kernel: Kernel, envelope: Envelope): Answer {
  if (envelope.action !== 'Beamline.Forward') return receiveOriginal(kernel, envelope);
  if (!envelope.fromProcess || lookup(kernel.accepts, envelope.from) === undefined) {
    return refused('kernel/not-forwarder', '');
  }
  let original = envelope;
  const error = attempt(() => {
    original = originalOf(envelope);
  });
  return error === undefined ? receiveOriginal(kernel, original) : failed('refused', error, 'kernel/bad-forward');
}

function receiveOriginal(kernel: Kernel, envelope: Envelope): Answer {
  const { phase } = kernel;
  if (phase === 'active') return applyMessage(kernel, envelope);
  if (phase === 'standby') return refused('kernel/standby', '');
  if (phase === 'retired') {
    return { outcome: 'refused', code: 'kernel/retired', hint: '', data: kernel.successor };
  }
  const screened = screen(kernel, envelope);
  if (screened !== undefined) return screened;
  if (isHeld(kernel.held, envelope.id)) return answer('duplicate', '');
  if (phase === 'handed-over' && heldCount(kernel.held) === 0) {
    forward(kernel, envelope);
    return answer('forwarded', '');
  }
  // Behind those that wait: the successor should see each sender's messages in order.
  if (!hold(kernel.held, envelope)) {
    return refused('kernel/held-full', '');
  }
  if (phase === 'frozen') return answer('held', '');
  drain(kernel, DRAIN);
  return answer(isHeld(kernel.held, envelope.id) ? 'held' : 'forwarded', '');
}
