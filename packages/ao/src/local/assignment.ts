import { hash } from 'node:crypto';
import type { AoMap, Id, ProcessId, Slot } from '@beamline/core';
import { hmacCommitment } from '../httpsig/commitment.ts';

export interface AssignmentParts {
  process: ProcessId;
  slot: Slot;
  timestamp: number;
  hashChain: string;
  message: Id;
  body: AoMap;
}

// A node in its default mode follows no chain of blocks.
const NO_BLOCK = 'A'.repeat(43);

/** An assignment as the schedule shows it and as Lua's `compute` receives it. */
export function assignmentOf({ process, slot, timestamp, hashChain, message, body }: AssignmentParts): AoMap {
  const assignment: AoMap = {
    'block-hash': NO_BLOCK,
    'block-height': 0,
    'block-timestamp': 0,
    body,
    'data-protocol': 'ao',
    epoch: '0',
    'hash-chain': hashChain,
    path: 'compute',
    process,
    slot,
    timestamp,
    type: 'Assignment',
    variant: 'ao.N.1',
  };
  const { id, commitment } = hmacCommitment(assignment, { body: message });
  assignment['commitments'] = { [id]: commitment };
  return assignment;
}

/** Each slot's chain is the SHA-256 of the slot before and the message's id: nothing can be put in between later. */
export function nextHashChain(previous: string, message: Id): string {
  return hash('sha256', Buffer.concat([Buffer.from(previous, 'base64url'), Buffer.from(message)]), 'base64url');
}
