import type { Envelope } from './envelope.ts';
import { readInteger } from './integer.ts';
import { linkOf } from './links.ts';
import { tag } from './message.ts';
import { recordRecent, isRecent } from './recent.ts';
import { recordSequence, seenSequence, type Seen } from './sequence.ts';
import type { KernelTables } from './tables.ts';
import { lookup } from '#target';

/** What makes a message the same one wherever and however often it arrives. @short */
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
