import { createEnvelope, type Envelope } from './envelope.ts';
import { readInteger } from './integer.ts';
import { tag } from './message.ts';
import { packTags, unpackTags } from './pack.ts';

/** The original of a message that a predecessor forwarded. @throws 'kernel/bad-forward: …' */
export function originalOf(forward: Envelope): Envelope {
  const timestamp = readInteger(tag(forward, 'orig-timestamp'));
  const slot = readInteger(tag(forward, 'orig-slot'));
  const from = tag(forward, 'orig-from');
  const id = tag(forward, 'orig-id');
  if (id === '' || from === '' || timestamp === undefined || slot === undefined) {
    throw 'kernel/bad-forward: orig-*';
  }
  const fromProcess = tag(forward, 'orig-process') === '1';
  return createEnvelope(id, from, fromProcess, forward.data, unpackTags(tag(forward, 'orig-tags')), timestamp, slot);
}

/** The tags that tell a successor who said this first. */
export function originTags(envelope: Envelope): Record<string, string> {
  const tags: Record<string, string> = {
    'action': 'Beamline.Forward',
    'orig-id': envelope.id,
    'orig-from': envelope.from,
    'orig-process': envelope.fromProcess ? '1' : '0',
    'orig-timestamp': `${envelope.timestamp}`,
    'orig-slot': `${envelope.slot}`,
    'orig-tags': packTags(envelope.tags),
  };
  const seq = tag(envelope, 'seq');
  if (readInteger(seq) !== undefined) tags['orig-seq'] = seq;
  return tags;
}
