import { Fault, isFault, type Clock } from '@beamline/core';
import type { Assignment, ProcessId, Slot } from '@beamline/core';
import type { Ask } from './ask.ts';
import { readAssignment, readScheduled, type ScheduledMessage } from './assignment.ts';
import { NoReply, type Question, type Reply } from './exchange.ts';
import { askPatiently, pauseMs } from './retry.ts';
import { readPage, schedulePath } from './schedule-page.ts';

export const JSON_QUERY = 'require-codec=application/json&accept-bundle=true';

export interface ReaderOptions {
  url: string;
  ask: Ask;
  clock: Clock;
  retries: number;
}

type Read<T> = (reply: Reply) => T;

/**
 * Reads with patience, and turns what stays wrong into Faults that say whose fault it is. `read` makes a value of a
 * reply whose status is below 400 or 404, and throws a retryable `ao/bad-answer` for what makes no sense: the node is
 * then asked again.
 */
export interface Reader {
  get<T>(path: string, process: ProcessId, read: Read<T>, signal?: AbortSignal): Promise<T>;
  /** Like `get` for any request that may be repeated. */
  request<T>(question: Question, process: ProcessId | undefined, read: Read<T>, signal?: AbortSignal): Promise<T>;
  /** `undefined` only when the node itself said no: by a 4xx, or by a 500 three times running, for one may be an accident. @throws like `get` */
  confirm<T>(path: string, read: Read<T>, signal?: AbortSignal): Promise<T | undefined>;
  /** Whether the node answers at all, but does not know this id. Never true of a process it has known before. */
  isUnknown(process: ProcessId, signal?: AbortSignal): Promise<boolean>;
  /** The newest slot this client has heard of; -1 before that. */
  newestSlot(process: ProcessId): Slot;
  noteSlot(process: ProcessId, slot: Slot): void;
  currentSlot(process: ProcessId, signal?: AbortSignal): Promise<Slot>;
  /** At most 1,000 slots, both ends included, all of which must exist. */
  assignments(process: ProcessId, from: Slot, to: Slot, signal?: AbortSignal): Promise<Assignment[]>;
  /** The same without what the process gets. */
  messages(process: ProcessId, from: Slot, to: Slot, signal?: AbortSignal): Promise<ScheduledMessage[]>;
  /** `messages` in one attempt: `broken` when the node answered something else, `lost` when it may answer next time. */
  tryMessages(process: ProcessId, from: Slot, to: Slot, signal?: AbortSignal): Promise<ScheduledMessage[] | 'lost' | 'broken'>;
}

const CONFIRMATIONS = 3;
const MAX_KNOWN = 10_000;

export function createReader({ url, ask, clock, retries }: ReaderOptions): Reader {
  const known = new Map<ProcessId, Slot>();

  const noteSlot = (process: ProcessId, slot: Slot) => {
    if (known.size >= MAX_KNOWN && !known.has(process)) known.clear();
    known.set(process, Math.max(slot, known.get(process) ?? -1));
  };

  const isUnknown: Reader['isUnknown'] = async (process, signal) => {
    if (known.has(process)) return false;
    try {
      if (await confirm(`/${process}/type`, () => true, signal)) return false;
      return (await ask({ method: 'GET', path: '/~meta@1.0/info/address' }, signal)).status < 400;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof NoReply || isFault(error)) return false;
      throw error;
    }
  };

  const request: Reader['request'] = async (question, process, read, signal) => {
    const settle = <T>(reply: Reply, value: Read<T>): T => {
      if (reply.status >= 400 && reply.status !== 404) throw refusedOrUnavailable(url, question.path, reply.status, process);
      if (process && reply.status < 300) noteSlot(process, -1);
      return value(reply);
    };
    try {
      return await askPatiently({ ask, clock, retries }, question, (reply) => settle(reply, read), signal, async (reply, attempt) => {
        // Waiting does not make a process appear.
        if (attempt > 0 || reply.status === 429 || !process) return;
        if (await isUnknown(process, signal)) throw unknownProcess(process, url, reply.status);
      });
    } catch (error) {
      if (error instanceof NoReply) throw unreachable(url, error);
      if (isFault(error, 'ao/unavailable') && process && retries === 0 && (await isUnknown(process, signal))) {
        throw unknownProcess(process, url, Number(error.details['status']));
      }
      throw error;
    }
  };

  const confirm: Reader['confirm'] = async (path, read, signal) => {
    for (let attempt = 0, refusals = 0; ; ) {
      let failure: Reply | NoReply | undefined;
      try {
        const reply = await ask({ method: 'GET', path }, signal);
        if (reply.status < 400) return read(reply);
        if (![429, 502, 503, 504].includes(reply.status)) {
          refusals += 1;
          if (refusals >= CONFIRMATIONS || reply.status < 500) return undefined;
          continue;
        }
        failure = reply;
        if (attempt >= retries) throw refusedOrUnavailable(url, path, reply.status);
      } catch (error) {
        if (isFault(error) ? !error.retryable || attempt >= retries : !(error instanceof NoReply)) throw error;
        if (error instanceof NoReply) {
          if (attempt >= retries) throw unreachable(url, error);
          failure = error;
        }
      }
      await clock.sleep(pauseMs(attempt, failure, clock.now()), signal);
      attempt += 1;
    }
  };

  const get: Reader['get'] = (path, process, read, signal) => request({ method: 'GET', path }, process, read, signal);

  return {
    get, request, confirm, isUnknown, noteSlot,
    newestSlot: (process) => known.get(process) ?? -1,
    async currentSlot(process, signal) {
      const path = `/${process}~process@1.0/slot/current`;
      const slot = await get(path, process, (reply) => {
        const text = reply.body.toString('utf8').trim();
        if (/^\d{1,15}$/.test(text)) return Number(text);
        throw new Fault('ao/bad-answer', `the node answered ${path} with no number`, { details: { path, process }, retryable: true });
      }, signal);
      noteSlot(process, slot);
      return slot;
    },
    assignments(process, from, to, signal) {
      const path = schedulePath(process, from, to);
      return get(path, process, (reply) => readPage(reply, { path, process, from, to }, readAssignment), signal);
    },
    messages(process, from, to, signal) {
      const path = schedulePath(process, from, to);
      return get(path, process, (reply) => readPage(reply, { path, process, from, to }, readScheduled), signal);
    },
    async tryMessages(process, from, to, signal) {
      const path = schedulePath(process, from, to);
      try {
        const reply = await ask({ method: 'GET', path }, signal);
        if (reply.status < 400) return readPage(reply, { path, process, from, to }, readScheduled);
        return [429, 502, 503, 504].includes(reply.status) ? 'lost' : 'broken';
      } catch (error) {
        if (error instanceof NoReply) return error.reason === 'broken-answer' ? 'broken' : 'lost';
        if (isFault(error, 'ao/bad-answer') || isFault(error, 'ao/schedule-gap')) return 'broken';
        throw error;
      }
    },
  };
}

function refusedOrUnavailable(url: string, path: string, status: number, process?: ProcessId): Fault {
  const details = { status, path, ...(process ? { process } : {}) };
  if (status < 500 && status !== 429) return new Fault('ao/rejected', `${url} refused ${path} with status ${status}`, { details });
  return new Fault('ao/unavailable', `${url} keeps answering ${path} with status ${status}`, { details, retryable: true });
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
    details: { ...details, reason: cause.reason, ...(cause.retryAfterMs > 0 ? { retryAfterMs: cause.retryAfterMs } : {}) },
    cause,
  });
}
