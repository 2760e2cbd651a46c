import type { Clock } from '@beamline/core';
import { isFault } from '@beamline/core';
import type { Ask } from './ask.ts';
import { NoReply, type Question, type Reply } from './exchange.ts';

export interface RetryOptions {
  ask: Ask;
  clock: Clock;
  /** Further attempts after the first. */
  retries: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A node that is left alone for longer is not waited for. */
const LONGEST_WAIT_FOR_CIRCUIT_MS = 2_000;

/** Doubles from 100 ms; a node that says when to come back (seconds or an HTTP date) is taken at its word. */
export function pauseMs(attempt: number, reply: Reply | NoReply | undefined, now: number): number {
  const backoff = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
  if (reply instanceof NoReply) return Math.max(backoff, reply.retryAfterMs);
  const wish = reply?.header('retry-after') ?? '';
  const ms = /^\d+$/.test(wish) ? Number(wish) * 1000 : Date.parse(wish) - now;
  return ms > 0 ? ms : backoff;
}

/** Whether the same request may be answered better later. */
export function isTransient(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Whether another attempt is worth it after `error`: no reply, or one that makes no sense. */
export function isWorthAnother(error: unknown): boolean {
  if (error instanceof NoReply) return error.retryAfterMs <= LONGEST_WAIT_FOR_CIRCUIT_MS;
  return isFault(error) && error.retryable;
}

/**
 * Asks until there is an answer that repeating would not change. For reads, and for writes that may be repeated.
 * @param read turns a reply that is final into a value; when it throws a retryable Fault, the node is asked again.
 * @param onStatus told of a transient status before the pause; throws when waiting is no use.
 * @throws NoReply when the last attempt got none; whatever `read` throws at last.
 */
export async function askPatiently<T>(
  { ask, clock, retries }: RetryOptions,
  question: Question,
  read: (reply: Reply) => T,
  signal?: AbortSignal,
  onStatus: (reply: Reply, attempt: number) => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    let failure: Reply | NoReply | undefined;
    try {
      const reply = await ask(question, signal);
      if (!isTransient(reply.status) || attempt >= retries) return read(reply);
      failure = reply;
      await onStatus(reply, attempt);
    } catch (error) {
      if (attempt >= retries || !isWorthAnother(error)) throw error;
      if (error instanceof NoReply) failure = error;
    }
    await clock.sleep(pauseMs(attempt, failure, clock.now()), signal);
  }
}
