import { Fault } from '@beamline/core';
import type { Address, AoMap, Assignment, MessageId } from '@beamline/core';
import { withLists } from './wire.ts';

/**
 * Reads one assignment of a schedule's JSON.
 * @throws Fault `ao/bad-answer` when a part that every assignment has is missing.
 */
export function readAssignment(json: AoMap): Assignment {
  // Nothing else is converted: a replay must get what the process got.
  const req = withLists(json) as AoMap;
  const { process, slot, timestamp, body } = req;
  const signer = typeof body === 'object' && !Array.isArray(body) ? signerOf(body) : undefined;
  if (typeof process !== 'string' || typeof slot !== 'number' || typeof timestamp !== 'number' || !signer) {
    throw new Fault('ao/bad-answer', `a schedule holds an entry that is no assignment (slot ${String(slot)})`);
  }
  return { process, slot, timestamp, ...signer, req };
}

/** The client's ANS-104 signature, or the node's own under a message it pushed; the anonymous HMAC is neither. */
function signerOf(body: AoMap): { message: MessageId; committer: Address } | undefined {
  for (const [message, commitment] of Object.entries((body['commitments'] ?? {}) as AoMap)) {
    const committer = (commitment as AoMap)['committer'];
    if (typeof committer === 'string') return { message, committer };
  }
  return undefined;
}
