import { Fault, isFault, type AoMap, type Clock } from '@beamline/core';
import { createAsk, type Ask } from '../hyperbeam/ask.ts';
import { NoReply, type Question, type Reply } from '../hyperbeam/exchange.ts';
import { pauseMs } from '../hyperbeam/retry.ts';

export interface UnitOptions {
  clock: Clock;
  timeoutMs: number;
  retries: number;
  fetch: typeof fetch;
}

/** One of legacynet's units, asked for JSON. */
export interface Unit {
  readonly url: string;
  /**
   * Asks until there is an answer below 500 that is not 429, and is JSON. For what is safe to repeat only.
   * @throws Fault `ao/unreachable`; `ao/not-found` for 404; `ao/rejected` for other refusals; `ao/bad-answer`
   */
  read(path: string, signal?: AbortSignal, question?: Partial<Question>): Promise<AoMap>;
  /** As `read`, for any text. `undefined` for 404. */
  readText(path: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Asks once. @throws NoReply */
  readonly ask: Ask;
}

export function createUnit(address: string, { clock, timeoutMs, retries, fetch }: UnitOptions): Unit {
  const url = address.replace(/\/+$/, '');
  const ask = createAsk({ url, clock, timeoutMs, fetch, protocol: 'http/1.1' });

  /** Asks until what it gives makes sense. */
  async function patiently<T>(question: Question, make: (reply: Reply) => T, signal?: AbortSignal): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const reply = await ask(question, signal).catch((error: unknown) => {
        if (error instanceof NoReply) return error;
        throw error;
      });
      if (!(reply instanceof NoReply) && reply.status < 500 && reply.status !== 429) {
        try {
          return make(reply);
        } catch (error) {
          // Something in between may have written it, once.
          if (!isFault(error, 'ao/bad-answer') || attempt >= retries) throw error;
        }
      } else if (attempt >= retries) {
        const reason = reply instanceof NoReply ? reply.message : `it keeps answering status ${reply.status}`;
        throw new Fault('ao/unreachable', `${url}: ${reason}`, { retryable: true, details: { status: reply instanceof NoReply ? 0 : reply.status } });
      }
      await clock.sleep(pauseMs(attempt, reply, clock.now()), signal);
    }
  }
  return {
    url, ask,
    read: (path, signal, question = {}) =>
      patiently({ method: 'GET', path, ...question, headers: { accept: 'application/json', ...question.headers } }, (reply) => jsonOf(url + path, reply), signal),
    readText: (path, signal) => patiently({ method: 'GET', path }, (reply) => textOf(url + path, reply), signal),
  };
}

function jsonOf(url: string, { status, body }: Reply): AoMap {
  const text = body.toString('utf8');
  if (status === 404) throw new Fault('ao/not-found', `${url} knows nothing of that: ${text.slice(0, 200)}`, { details: { status } });
  if (status >= 400) throw new Fault('ao/rejected', `${url} refuses with status ${status}: ${text.slice(0, 200)}`, { details: { status } });
  try {
    const json = JSON.parse(text) as AoMap;
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  } catch {
    // answered below
  }
  throw new Fault('ao/bad-answer', `${url} answers with something else than a JSON object`, { details: { status } });
}

function textOf(url: string, { status, body }: Reply): string | undefined {
  if (status === 404) return undefined;
  if (status >= 400) throw new Fault('ao/rejected', `${url} refuses with status ${status}`, { details: { status } });
  return body.toString('utf8');
}
