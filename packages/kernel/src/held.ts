import { emptyRecord, forget } from '@beamline/ecs';
import { createEnvelope, type Envelope } from './envelope.ts';
import { packTags, unpackTags } from './pack.ts';

const MAX_MESSAGES = 4096;
const MAX_BYTES = 4194304;

/**
 * Messages that wait for the fence to end, in order of arrival. Columns instead of a table per message, because luerl's
 * garbage collector is quadratic in the number of tables.
 */
export interface Held {
  /** First of the queue. */
  head: number;
  /** One past the last. */
  tail: number;
  bytes: number;
  readonly known: Record<string, boolean>;
  readonly ids: string[];
  readonly senders: string[];
  readonly processes: boolean[];
  readonly timestamps: number[];
  readonly slots: number[];
  readonly tags: string[];
  readonly data: string[];
}

export function createHeld(): Held {
  return {
    head: 0, tail: 0, bytes: 0, known: emptyRecord<boolean>(),
    ids: [], senders: [], processes: [], timestamps: [], slots: [], tags: [], data: [],
  };
}

export function heldCount(held: Held): number {
  return held.tail - held.head;
}

export function isHeld(held: Held, id: string): boolean {
  return held.known[id] !== undefined;
}

/** False, and nothing kept, when there is no room. */
export function hold(held: Held, envelope: Envelope): boolean {
  const tags = packTags(envelope.tags);
  const size = tags.length + envelope.data.length;
  if (heldCount(held) >= MAX_MESSAGES || held.bytes + size > MAX_BYTES) return false;
  const at = held.tail;
  held.tail = at + 1;
  held.bytes = held.bytes + size;
  held.known[envelope.id] = true;
  held.ids[at] = envelope.id;
  held.senders[at] = envelope.from;
  held.processes[at] = envelope.fromProcess;
  held.timestamps[at] = envelope.timestamp;
  held.slots[at] = envelope.slot;
  held.tags[at] = tags;
  held.data[at] = envelope.data;
  return true;
}

/** Takes the oldest message out. Only when `heldCount` is above 0. */
export function release(held: Held): Envelope {
  const at = held.head;
  const tags = held.tags[at]!;
  const envelope = createEnvelope(
    held.ids[at]!, held.senders[at]!, held.processes[at]!, held.data[at]!, unpackTags(tags), held.timestamps[at]!, held.slots[at]!,
  );
  held.head = at + 1;
  held.bytes = held.bytes - tags.length - envelope.data.length;
  forget(held.known, envelope.id);
  held.tags[at] = '';
  held.data[at] = '';
  if (held.head === held.tail) {
    held.head = 0;
    held.tail = 0;
  }
  return envelope;
}
