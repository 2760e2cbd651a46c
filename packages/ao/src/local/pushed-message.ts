import { hash } from 'node:crypto';
import type { AoMap, Id, ProcessId, Signer, Slot } from '@beamline/core';
import { hmacCommitment, signedCommitment } from '../httpsig/commitment.ts';

export interface Origin {
  process: ProcessId;
  /** The process message, with its commitments. */
  body: AoMap;
  slot: Slot;
}

export interface PushedMessage {
  id: Id;
  body: AoMap;
}

/**
 * An outbox entry on its way to another process: its own keys, who sent it, and the node's signature, which is what
 * receivers trust. Signing takes 2–4 ms on libuv's threads.
 */
export async function pushedMessage(entry: AoMap, origin: Origin, node: Signer): Promise<PushedMessage> {
  const { body: process } = origin;
  const message: AoMap = {
    ...Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value])),
    'data-protocol': 'ao',
    type: 'Message',
    variant: 'ao.N.1',
    'from-authority': process['authority'] ?? node.address,
    'from-base': hash('sha256', `${origin.process}/${origin.slot}`, 'base64url'),
    'from-process': origin.process,
    'from-scheduler': process['scheduler'] ?? node.address,
    'from-uncommitted': unsignedId(process),
  };
  delete message['commitments'];
  const [signed, anyone] = [await signedCommitment(message, node), hmacCommitment(message)];
  return {
    id: signed.id,
    body: { ...message, commitments: { [signed.id]: signed.commitment, [anyone.id]: anyone.commitment } },
  };
}

/** The id a process message has without its signature. */
function unsignedId(process: AoMap): Id {
  const commitments = process['commitments'] as AoMap;
  const [id = ''] = Object.keys(commitments).filter((name) => (commitments[name] as AoMap)['type'] === 'hmac-sha256');
  return id;
}
