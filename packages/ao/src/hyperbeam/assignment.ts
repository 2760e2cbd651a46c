import { Fault } from '@beamline/core';
import type { Address, AoMap, AoValue, Assignment, MessageId } from '@beamline/core';
import { withLists } from './wire.ts';

/**
 * Reads one assignment of a schedule's JSON.
 * @throws Fault `ao/bad-answer` when a part that every assignment has is missing.
 */
export function readAssignment(json: AoValue): Assignment {
  // Nothing else is converted: a replay must get what the process got.
  const value = withLists(json);
  const req = typeof value === 'object' && !Array.isArray(value) ? value : {};
  const { process, slot, timestamp, body } = req;
  const signer = typeof body === 'object' && !Array.isArray(body) ? signerOf(body) : undefined;
  if (typeof process !== 'string' || !isCount(slot) || !isCount(timestamp) || !signer) {
    throw new Fault('ao/bad-answer', `a schedule holds an entry that is no assignment (slot ${JSON.stringify(slot)})`, { retryable: true });
  }
  return { process, slot, timestamp, ...signer, req };
}

/** The client's ANS-104 signature, or the node's own under a message it pushed; the anonymous HMAC is neither. */
function signerOf(body: AoMap): { message: MessageId; committer: Address } | undefined {
  const commitments = body['commitments'];
  if (typeof commitments !== 'object') return undefined;
  for (const [message, commitment] of Object.entries(commitments)) {
    const committer = typeof commitment === 'object' && !Array.isArray(commitment) ? commitment['committer'] : undefined;
    if (typeof committer === 'string') return { message, committer };
  }
  return undefined;
}

function isCount(value: AoValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
