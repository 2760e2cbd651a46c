import { createHmac } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { anyoneId, hmacCommitment } from '../src/httpsig/commitment.ts';
import { assignmentOf } from '../src/local/assignment.ts';

it('commits to an assignment as to any other message', () => {
  for (const slot of [0, 7, 123_456]) {
    const { commitments, ...assignment } = assignmentOf({
      process: 'p'.repeat(43), slot, timestamp: 1_700_000_000_000 + slot, hashChain: 'h'.repeat(43), message: 'm'.repeat(43), body: { action: 'Inc' },
    });
    const { id, commitment } = hmacCommitment(assignment, { body: 'm'.repeat(43) });
    expect(commitments as AoMap).toEqual({ [id]: commitment });
  }
});

it('makes the HMAC of RFC 2104', () => {
  for (const text of ['', 'x', 'grüße'.repeat(50)]) {
    expect(anyoneId(text)).toBe(createHmac('sha256', 'constant:ao').update(text).digest('base64url'));
  }
});
