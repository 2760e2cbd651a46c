import type { AoMap, Assignment, Output } from '@beamline/core';
import { createProcess } from '@beamline/kernel';
import type { Compute, Role } from '@beamline/kernel';
import { fakeId } from './fake-item.ts';

/** A message before it has a slot. */
export interface Incoming {
  id: string;
  /** Who signed: an address, or the node for pushed messages. */
  committer: string;
  pushed: boolean;
  /** Lower-case tags. */
  tags: Readonly<Record<string, string>>;
  data: string;
}

export interface FakeSlot {
  assignment: Assignment;
  results: AoMap;
}

/** One process: its log and its kernel, which is the real one. */
export interface FakeProcess {
  readonly id: string;
  readonly log: FakeSlot[];
  readonly base: AoMap;
  /** Appends to the log and computes. */
  receive(message: Incoming, timestamp: number): FakeSlot;
  /** Computes nothing from now on, as after an uncaught error. */
  brick(): void;
}

export function createFakeProcess(id: string, role: Role, layout: string, genesis: Incoming, timestamp: number): FakeProcess {
  const compute: Compute = createProcess(role, { layout });
  const base: AoMap = {};
  const log: FakeSlot[] = [];
  let bricked = false;

  const receive = (message: Incoming, at: number, type = 'Message'): FakeSlot => {
    const req = requestOf(id, log.length, at, message, type);
    const assignment: Assignment = {
      process: id, slot: log.length, timestamp: at, message: message.id, committer: message.committer, req,
    };
    const entry: FakeSlot = { assignment, results: {} };
    log.push(entry);
    if (!bricked) {
      compute(base, req);
      entry.results = structuredClone(base['results'] as AoMap);
    }
    return entry;
  };

  receive(genesis, timestamp, 'Process');
  return { id, log, base, receive: (message, at) => receive(message, at), brick: () => { bricked = true; } };
}

export const outputOf = ({ results }: FakeSlot): Output => ({ ...(results['output'] as Record<string, string> | undefined) });

function requestOf(process: string, slot: number, timestamp: number, message: Incoming, type: string): AoMap {
  const body: AoMap = { target: process, type, ...message.tags };
  if (message.data !== '') body['data'] = message.data;
  const committed = Object.keys(body);
  body['commitments'] = {
    [message.id]: {
      'commitment-device': message.pushed ? 'httpsig@1.0' : 'ans104@1.0', 'committer': message.committer, committed, 'signature': fakeId('signature'),
    },
    [fakeId(`hmac ${message.id}`)]: { 'commitment-device': 'httpsig@1.0', 'type': 'hmac-sha256', 'keyid': 'constant:ao', committed },
  };
  return { body, path: 'compute', process, slot, timestamp, type: 'Assignment' };
}
