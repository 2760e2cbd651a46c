import { begin, commit } from '@beamline/ecs';
import { applyMessage } from '../apply.ts';
import type { Envelope } from '../envelope.ts';
import type { Kernel } from '../kernel.ts';
import { skipSequences } from '../links.ts';
import { tag } from '../message.ts';
import { muteOutbox } from '../outbox.ts';
import { splitAt, unpackEnvelope } from '../pack.ts';
import { createTally, tallyJson, tallyOutcome } from './tally.ts';

/** Numbers left out after a muted replay: more than another process can have sent since the last snapshot. */
const SKIPPED = 1000000;

/**
 * Applies messages of another process's schedule as if they had been received here: same id, sender, time and slot, so
 * those already applied are duplicates. What they send carries the numbers it carried there, so receivers that had it
 * drop it. `Sends: mute` keeps it in, for replaying through a different release, whose numbers would not match.
 */
export function replay(kernel: Kernel, envelope: Envelope): string {
  const sends = tag(envelope, 'sends');
  if (sends !== '' && sends !== 'keep' && sends !== 'mute') throw 'kernel/bad-tag: sends must be keep or mute';
  const messages: Envelope[] = [];
  let count = 0;
  for (const text of splitAt(envelope.data, '|')) {
    if (text === '') continue;
    messages[count] = unpackEnvelope(text);
    count = count + 1;
  }
  const tally = createTally();
  muteOutbox(sends === 'mute');
  for (const message of messages) tallyOutcome(kernel, tally, applyMessage(kernel, message));
  muteOutbox(false);
  if (kernel.phase === 'frozen') kernel.fence = kernel.slot;
  if (sends === 'mute') {
    begin(kernel.world);
    skipSequences(kernel.tables, SKIPPED);
    commit(kernel.world);
  }
  return tallyJson(kernel, tally);
}
