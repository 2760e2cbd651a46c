import { emptyRecord, forget } from '@beamline/ecs';
import type { Envelope } from './envelope.ts';
import { packEnvelope, unpackEnvelope } from './pack.ts';

const MAX_MESSAGES = 4096;
const MAX_BYTES = 4194304;

/**
 * Messages that wait for the fence to end, in order of arrival. A text instead of a table per message, because luerl's
 * garbage collector is quadratic in the number of tables.
 * @short
 */
export interface Held {
  /** First of the queue. */
  head: number;
  /** One past the last. */
  tail: number;
  bytes: number;
  readonly known: Record<string, boolean>;
  /** As `packEnvelope` writes them. */
  readonly texts: string[];
}

export function createHeld(): Held {
  return { head: 0, tail: 0, bytes: 0, known: emptyRecord<boolean>(), texts: [] };
}

export function heldCount(held: Held): number {
  return held.tail - held.head;
}

export function isHeld(held: Held, id: string): boolean {
  return held.known[id] !== undefined;
}

/** False, and nothing kept, when there is no room. */
export function hold(held: Held, envelope: Envelope): boolean {
  const text = packEnvelope(envelope);
  if (heldCount(held) >= MAX_MESSAGES || held.bytes + text.length > MAX_BYTES) return false;
  held.texts[held.tail] = text;
  held.tail = held.tail + 1;
  held.bytes = held.bytes + text.length;
  held.known[envelope.id] = true;
  return true;
}

/** Takes the oldest message out. Only when `heldCount` is above 0. */
export function release(held: Held): Envelope {
  const text = held.texts[held.head]!;
  const envelope = unpackEnvelope(text);
  held.texts[held.head] = '';
  held.head = held.head + 1;
  held.bytes = held.bytes - text.length;
  forget(held.known, envelope.id);
  if (held.head === held.tail) {
    held.head = 0;
    held.tail = 0;
  }
  return envelope;
}
