import { Fault } from '@beamline/core';
import type { Address, AoMap, AoValue, Assignment, MessageId } from '@beamline/core';
import { withLists } from './wire.ts';

/** Which message has a slot. */
export type ScheduledMessage = Pick<Assignment, 'process' | 'slot' | 'timestamp' | 'message'>;

/**
 * Reads one assignment of a schedule's JSON.
 * @throws Fault `ao/bad-answer` when a part that every assignment has is missing.
 */
export function readAssignment(json: AoValue): Assignment {
  // Nothing else is converted: a replay must get what the process got.
  return { ...readScheduled(json), req: withLists(json) as AoMap };
}

/** The same without what the process gets, for less work. @throws Fault `ao/bad-answer` */
export function readScheduled(json: AoValue): ScheduledMessage & Pick<Assignment, 'committer'> {
  const { process, slot, timestamp, body } = mapOf(json);
  const signer = signerOf(mapOf(body));
  if (typeof process !== 'string' || !isCount(slot) || !isCount(timestamp) || !signer) {
    throw new Fault('ao/bad-answer', `a schedule holds an entry that is no assignment (slot ${JSON.stringify(slot)})`, { retryable: true });
  }
  return { process, slot, timestamp, ...signer };
}

function mapOf(value: AoValue | undefined): AoMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/**
 * The client's ANS-104 signature, or the node's own under a message it pushed; the anonymous HMAC is neither. Copies that
 * others signed show up beside it, so the one the message names as its signer goes first, then the smallest id: the
 * kernel chooses the same way.
 */
function signerOf(body: AoMap): { message: MessageId; committer: Address } | undefined {
  const signed = Object.entries(mapOf(body['commitments'])).flatMap(([message, commitment]) => {
    const { committer } = mapOf(commitment);
    return typeof committer === 'string' ? [{ message, committer }] : [];
  }).sort((a, b) => (a.message < b.message ? -1 : 1));
  return signed.find(({ committer }) => committer === body['signer']) ?? signed[0];
}

function isCount(value: AoValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
