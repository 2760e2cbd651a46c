import type { Envelope } from '../envelope.ts';
import { drain } from '../forward.ts';
import { heldCount } from '../held.ts';
import type { Kernel } from '../kernel.ts';
import { tag } from '../message.ts';
import { limitOf } from './apply-all.ts';

/**
 * Names the successor, and forwards what was held to it, at most `limit` per call; every later message follows. Repeat
 * it until nothing is held; with another successor it re-points.
 */
export function handOver(kernel: Kernel, envelope: Envelope): string {
  const successor = tag(envelope, 'successor');
  const limit = limitOf(envelope, 32);
  if (successor.length !== 43 || successor === kernel.id) {
    throw 'kernel/bad-tag: successor';
  }
  kernel.successor = successor;
  kernel.phase = 'handed-over';
  const forwarded = drain(kernel, limit);
  return `{"forwarded":${forwarded},"held":${heldCount(kernel.held)},"successor":"${successor}"}`;
}
