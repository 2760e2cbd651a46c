import type { AoMap } from '@beamline/core';

const PROCESS = 'p'.repeat(43);

/** Slot 0: the process message. */
export function processRequest(): AoMap {
  return {
    slot: 0, timestamp: 1_700_000_000_000, process: PROCESS, type: 'Assignment', path: 'compute',
    body: { type: 'Process', data: '1984', authority: 'n'.repeat(43), commitments: signedBy(PROCESS, 'o'.repeat(43)) },
  };
}

/** A player's message as the node hands it to `compute`. */
export function playerRequest(slot: number, action: string, player = 'a'.repeat(43), tags: Record<string, string> = {}): AoMap {
  const id = `message-${slot}`.padEnd(43, '-');
  return {
    slot, timestamp: 1_700_000_000_000 + slot * 1000, process: PROCESS, type: 'Assignment', path: 'compute',
    body: { type: 'Message', action, data: '', target: PROCESS, ...tags, commitments: signedBy(id, player) },
  };
}

function signedBy(id: string, committer: string): AoMap {
  return { [id]: { 'commitment-device': 'ans104@1.0', type: 'rsa-pss-sha256', committer } };
}
