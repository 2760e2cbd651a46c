import type { AoMap, Assignment, Slot } from '@beamline/core';
import { mapOf } from '@beamline/kernel/operator';

/** One message on its way into both releases. */
export interface Entry {
  /** In the order of the rehearsal; chaos gives other numbers than the schedule has. */
  slot: Slot;
  timestamp: number;
  /** Of the schedule. */
  origin: Slot;
  req: AoMap;
  /** What the message asks for; of a forwarded one, what the original asked for. */
  action: string;
  /** The owner's. */
  isOperation: boolean;
}

export function entryOf({ slot, timestamp, req }: Assignment): Entry {
  const body = mapOf(req['body']);
  const action = String(body['action'] ?? '');
  if (action !== 'Beamline.Forward') return { slot, timestamp, origin: slot, req, action: action === '' ? 'no action' : action, isOperation: action.startsWith('Beamline.') };
  const original = /(?:^|&)action=([^&]*)/i.exec(String(body['orig-tags'] ?? ''))?.[1];
  return { slot, timestamp, origin: slot, req, action: original ?? action, isOperation: false };
}
