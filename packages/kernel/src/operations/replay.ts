import { begin, commit, split } from '@beamline/ecs';
import type { Envelope } from '../envelope.ts';
import type { Kernel } from '../kernel.ts';
import { skipSequences } from '../links.ts';
import { tag } from '../message.ts';
import { muteOutbox } from '../outbox.ts';
import { unpackEnvelope } from '../pack.ts';
import { applyAll } from './apply-all.ts';

/** Numbers left out after a muted replay: more than another process can have sent since the last snapshot. */
const SKIPPED = 1000000;

/**
 * Applies messages of another process's schedule as if they had been received here: same id, sender, time and slot, so
 * those already applied are duplicates. What they send carries the numbers it carried there, so receivers that had it
 * drop it. `Sends: mute` keeps it in, for replaying through a different release, whose numbers would not match.
 */
export function replay(kernel: Kernel, envelope: Envelope): string {
  const sends = tag(envelope, 'sends');
  if (sends !== '' && sends !== 'keep' && sends !== 'mute') throw 'kernel/bad-tag: sends';
  const messages: Envelope[] = [];
  const texts = envelope.data === '' ? [] : split(envelope.data, '|');
  const size = texts.length;
  for (let at = 0; at < size; at++) messages[at] = unpackEnvelope(texts[at]!);
  let at = -1;
  muteOutbox(sends === 'mute');
  const fared = applyAll(kernel, () => {
    at = at + 1;
    return messages[at];
  });
  muteOutbox(false);
  if (kernel.phase === 'frozen') kernel.fence = kernel.slot;
  if (sends === 'mute') {
    begin(kernel.world);
    skipSequences(kernel.tables, SKIPPED);
    commit(kernel.world);
  }
  return `${fared},"phase":"${kernel.phase}"}`;
}
