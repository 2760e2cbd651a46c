import { hash } from 'node:crypto';
import type { AoMap, Id, ProcessId, Slot } from '@beamline/core';
import { anyoneId } from '../httpsig/commitment.ts';

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

/*
 * Every assignment has the same fields, so what `hmacCommitment` would lay out, sort and join each time is written here;
 * a test holds the two together.
 */
const HEAD = '"ao-types": block-height="integer", block-timestamp="integer", slot="integer", timestamp="integer"\n' +
  `"block-hash": ${NO_BLOCK}\n"block-height": 0\n"block-timestamp": 0\n`;
const FIELDS = ['ao-types', 'block-hash', 'block-height', 'block-timestamp', 'body+link', 'data-protocol', 'epoch', 'hash-chain', '@path', 'process', 'slot', 'timestamp', 'type', 'variant'];
const TAIL = `"@signature-params": (${FIELDS.map((name) => `"${name}"`).join(' ')});alg="hmac-sha256";keyid="constant:ao"`;
const COMMITTED = FIELDS.map((name) => (name === '@path' ? 'path' : name === 'body+link' ? 'body' : name));

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
  const id = anyoneId(
    `${HEAD}"body+link": ${message}\n"data-protocol": ao\n"epoch": 0\n"hash-chain": ${hashChain}\n"path": compute\n"process": ${process}\n` +
    `"slot": ${slot}\n"timestamp": ${timestamp}\n"type": Assignment\n"variant": ao.N.1\n${TAIL}`,
  );
  assignment['commitments'] = { [id]: { 'commitment-device': 'httpsig@1.0', committed: COMMITTED, keyid: 'constant:ao', signature: id, type: 'hmac-sha256' } };
  return assignment;
}

/** Each slot's chain is the SHA-256 of the slot before and the message's id: nothing can be put in between later. */
export function nextHashChain(previous: string, message: Id): string {
  return hash('sha256', Buffer.concat([Buffer.from(previous, 'base64url'), Buffer.from(message)]), 'base64url');
}
