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

export function entryOf({ slot, timestamp, req: whole }: Assignment): Entry {
  const req = withoutUnread(whole);
  const body = mapOf(req['body']);
  const action = String(body['action'] ?? '');
  if (action !== 'Beamline.Forward') return { slot, timestamp, origin: slot, req, action: action === '' ? 'no action' : action, isOperation: action.startsWith('Beamline.') };
  const original = /(?:^|&)action=([^&]*)/i.exec(String(body['orig-tags'] ?? ''))?.[1];
  return { slot, timestamp, origin: slot, req, action: original ?? action, isOperation: false };
}

/**
 * What a kernel reads of an assignment, which is a third of it: not the node's own account of it, nor signatures, which the
 * node has checked, nor commitments that nobody signed. A quarter of the time goes into the rest.
 */
export function withoutUnread({ slot, timestamp, process, body }: AoMap): AoMap {
  const said = mapOf(body);
  const all = mapOf(said['commitments']);
  const commitments: AoMap = {};
  // For every message: copying all but one key takes twice as long as looking at each.
  for (const id in all) {
    const commitment = mapOf(all[id]);
    if (commitment['committer'] === undefined) continue;
    const kept: AoMap = {};
    for (const key in commitment) if (key !== 'signature') kept[key] = commitment[key]!;
    commitments[id] = kept;
  }
  return { slot: slot!, timestamp: timestamp!, ...(process === undefined ? {} : { process }), body: { ...said, commitments } };
}
