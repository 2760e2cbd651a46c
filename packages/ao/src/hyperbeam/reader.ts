import { Fault, type Clock } from '@beamline/core';
import type { AoMap, Assignment, ProcessId, Slot } from '@beamline/core';
import { readAssignment } from './assignment.ts';
import type { Ask } from './ask.ts';
import { NoReply, type Question, type Reply } from './exchange.ts';
import { askPatiently, isTransient, pauseMs } from './retry.ts';
import { jsonOf } from './wire.ts';

export const JSON_QUERY = 'require-codec=application/json&accept-bundle=true';

export interface ReaderOptions {
  url: string;
  ask: Ask;
  clock: Clock;
  retries: number;
}

/** Reads with patience, and turns what stays wrong into Faults that say whose fault it is. */
export interface Reader {
  /** @returns the reply when its status is below 400 or 404. */
  get(path: string, process: ProcessId, signal?: AbortSignal): Promise<Reply>;
  /** One attempt; `undefined` for anything but a success. */
  tryGet(path: string, signal?: AbortSignal): Promise<Reply | undefined>;
  /** Like `get` for any request that may be repeated. */
  request(question: Question, process?: ProcessId, signal?: AbortSignal): Promise<Reply>;
  /** Whether the node answers at all, but does not know this id. */
  isUnknown(process: ProcessId, signal?: AbortSignal): Promise<boolean>;
  currentSlot(process: ProcessId, signal?: AbortSignal): Promise<Slot>;
  /** At most 1,000 slots, both ends included. */
  assignments(process: ProcessId, from: Slot, to: Slot, signal?: AbortSignal): Promise<Assignment[]>;
  /** The same in one attempt; `undefined` when that fails. */
  tryAssignments(process: ProcessId, from: Slot, to: Slot, signal?: AbortSignal): Promise<Assignment[] | undefined>;
}

export function createReader({ url, ask, clock, retries }: ReaderOptions): Reader {
  const tryGet: Reader['tryGet'] = async (path, signal) => {
    try {
      const reply = await ask({ method: 'GET', path }, signal);
      return reply.status < 400 ? reply : undefined;
    } catch (error) {
      if (error instanceof NoReply) return undefined;
      throw error;
    }
  };

  const isUnknown: Reader['isUnknown'] = async (process, signal) =>
    (await tryGet(`/${process}/type`, signal)) === undefined && (await tryGet('/~meta@1.0/info/address', signal)) !== undefined;

  const request: Reader['request'] = async (question, process, signal) => {
    let first: Reply | undefined;
    try {
      first = await ask(question, signal);
    } catch (error) {
      if (!(error instanceof NoReply)) throw error;
      if (retries === 0) throw unreachable(url, error);
    }
    if (first && !isTransient(first.status)) return settle(first, question, process);
    // Waiting does not make a process appear.
    if (first && first.status !== 429 && process && (await isUnknown(process, signal))) throw unknownProcess(process, url, first.status);
    if (first && retries === 0) return settle(first, question, process);
    try {
      await clock.sleep(pauseMs(0, first), signal);
      return settle(await askPatiently({ ask, clock, retries: retries - 1 }, question, signal), question, process);
    } catch (error) {
      throw error instanceof NoReply ? unreachable(url, error) : error;
    }
  };

  const settle = (reply: Reply, { path }: Question, process?: ProcessId): Reply => {
    if (reply.status < 400 || reply.status === 404) return reply;
    const details = { status: reply.status, path, ...(process ? { process } : {}) };
    if (reply.status < 500 && reply.status !== 429) {
      throw new Fault('ao/rejected', `${url} refused ${path} with status ${reply.status}`, { details });
    }
    throw new Fault('ao/unavailable', `${url} keeps answering ${path} with status ${reply.status}`, { details, retryable: true });
  };

  const get: Reader['get'] = (path, process, signal) => request({ method: 'GET', path }, process, signal);

  return {
    get, tryGet, request, isUnknown,
    async currentSlot(process, signal) {
      const path = `/${process}~process@1.0/slot/current`;
      const text = (await get(path, process, signal)).body.toString('utf8');
      const slot = Number.parseInt(text, 10);
      if (!Number.isSafeInteger(slot)) throw new Fault('ao/bad-answer', `the node answered ${path} with no number`);
      return slot;
    },
    async assignments(process, from, to, signal) {
      const path = schedulePath(process, from, to);
      return readPage(await get(path, process, signal), path);
    },
    async tryAssignments(process, from, to, signal) {
      const path = schedulePath(process, from, to);
      const reply = await tryGet(path, signal);
      return reply && readPage(reply, path);
    },
  };
}

function schedulePath(process: ProcessId, from: Slot, to: Slot): string {
  return `/${process}~process@1.0/schedule?from=${from}&to=${to}&${JSON_QUERY}`;
}

function readPage(reply: Reply, path: string): Assignment[] {
  return Object.entries((jsonOf(reply, path)['assignments'] ?? {}) as AoMap)
    .filter(([slot]) => /^\d+$/.test(slot))
    .map(([, assignment]) => readAssignment(assignment as AoMap))
    .sort((a, b) => a.slot - b.slot);
}

export function unknownProcess(process: ProcessId, url: string, status: number): Fault {
  return new Fault('ao/unknown-process', `${url} does not know process ${process}`, {
    hint: 'Check the id and the network; processes live on the node that spawned them.',
    details: { process, status },
  });
}

export function unreachable(url: string, cause: NoReply, details: Record<string, string | number> = {}): Fault {
  return new Fault('ao/unreachable', cause.message, {
    hint: `Check that ${url} is the address of a running node.`,
    retryable: true,
    details: { ...details, reason: cause.reason },
    cause,
  });
}
