import type { Clock } from '@beamline/core';
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

/** Doubles from 100 ms; a node that says when to come back is taken at its word. */
export function pauseMs(attempt: number, reply?: Reply): number {
  const seconds = Number(reply?.header('retry-after'));
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  return Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
}

/** Whether the same request may be answered better later. */
export function isTransient(status: number): boolean {
  return status === 429 || status >= 500;
}

/**
 * Asks until there is an answer that repeating would not change. For reads, and for writes that may be repeated.
 * @returns the last reply, whatever its status. @throws NoReply when the last attempt got none.
 */
export async function askPatiently({ ask, clock, retries }: RetryOptions, question: Question, signal?: AbortSignal): Promise<Reply> {
  for (let attempt = 0; ; attempt++) {
    let reply: Reply | undefined;
    try {
      reply = await ask(question, signal);
      if (!isTransient(reply.status) || attempt >= retries) return reply;
    } catch (error) {
      if (!(error instanceof NoReply) || attempt >= retries) throw error;
    }
    await clock.sleep(pauseMs(attempt, reply), signal);
  }
}
