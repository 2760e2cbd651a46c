import { readInteger } from './integer.ts';
import { linkOf } from './links.ts';
import { tag, type Message } from './message.ts';
import { packTags, unpackTags } from './pack.ts';
import { recordRecent, isRecent } from './recent.ts';
import { recordSequence, seenSequence, type Seen } from './sequence.ts';
import type { KernelTables } from './tables.ts';
import { lookup } from '#target';

/** A message with its sender established by the host, before the kernel knows what to do with it. */
export interface Envelope {
  readonly id: string;
  readonly from: string;
  readonly fromProcess: boolean;
  readonly data: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly timestamp: number;
  readonly slot: number;
}

/** What makes a message the same one wherever and however often it arrives. */
export interface Identity {
  /** Whose sequence numbers count. */
  readonly key: string;
  /** A successor that spoke before it was linked left its numbers here; '' when there is nobody to ask. */
  readonly alias: string;
  /** 0: none, the id counts. */
  readonly seq: number;
  readonly id: string;
  readonly fromProcess: boolean;
}

/**
 * A linked process is known by its lineage, which its successors inherit with their state, so that a message blue sent
 * and green would send again is one message. Nobody else can claim a lineage. `undefined`: `seq` is malformed.
 */
export function identityOf(tables: KernelTables, envelope: Envelope): Identity | undefined {
  const { id, from, fromProcess } = envelope;
  const text = lookup(envelope.tags, 'seq');
  const seq = text === undefined ? 0 : readInteger(text);
  if (seq === undefined || (text !== undefined && seq < 1)) return undefined;
  const lineage = fromProcess && linkOf(tables, from) !== '' ? tag(envelope, 'lineage') : '';
  const key = lineage === '' ? from : lineage;
  return { key, alias: key === from ? '' : from, seq, id, fromProcess };
}

export function seen(tables: KernelTables, identity: Identity): Seen {
  const { key, alias, seq, id } = identity;
  if (seq === 0) return isRecent(tables, id) ? 'applied' : 'new';
  if (alias !== '' && seenSequence(tables, alias, seq) === 'applied') return 'applied';
  return seenSequence(tables, key, seq);
}

export function record(tables: KernelTables, identity: Identity): void {
  const { key, seq, id, fromProcess } = identity;
  if (seq === 0) recordRecent(tables, id);
  else recordSequence(tables, key, seq, fromProcess);
}

export function messageOf(tables: KernelTables, envelope: Envelope): Message {
  const { id, from, fromProcess, data, tags, timestamp, slot } = envelope;
  const link = fromProcess ? linkOf(tables, from) : '';
  return { id, from, fromProcess, link, action: tag(envelope, 'action'), data, tags, timestamp, slot };
}

/** The original of a message that a predecessor forwarded. @throws 'kernel/bad-forward: …' */
export function originalOf(forward: Envelope): Envelope {
  const timestamp = readInteger(tag(forward, 'orig-timestamp'));
  const slot = readInteger(tag(forward, 'orig-slot'));
  const from = tag(forward, 'orig-from');
  const id = tag(forward, 'orig-id');
  if (id === '' || from === '' || timestamp === undefined || slot === undefined) {
    throw 'kernel/bad-forward: orig-id, orig-from, orig-timestamp, orig-slot';
  }
  const fromProcess = tag(forward, 'orig-process') === '1';
  return { id, from, fromProcess, data: forward.data, tags: unpackTags(tag(forward, 'orig-tags')), timestamp, slot };
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
