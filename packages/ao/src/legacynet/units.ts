import { Fault, type AoMap, type Clock } from '@beamline/core';
import { createAsk, type Ask } from '../hyperbeam/ask.ts';
import { NoReply, type Question, type Reply } from '../hyperbeam/exchange.ts';

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
   * Asks until there is an answer below 500 that is not 429. For what is safe to repeat only.
   * @throws Fault `ao/unreachable`; `ao/not-found` for 404; `ao/rejected` for other refusals; `ao/bad-answer`
   */
  read(path: string, signal?: AbortSignal, question?: Partial<Question>): Promise<AoMap>;
  /** Asks once. @throws NoReply */
  readonly ask: Ask;
}

const FIRST_PAUSE_MS = 100;

export function createUnit(address: string, { clock, timeoutMs, retries, fetch }: UnitOptions): Unit {
  const url = address.replace(/\/+$/, '');
  const ask = createAsk({ url, clock, timeoutMs, fetch, protocol: 'http/1.1' });

  async function read(path: string, signal?: AbortSignal, question: Partial<Question> = {}): Promise<AoMap> {
    for (let attempt = 0; ; attempt++) {
      const reply = await ask({ method: 'GET', path, ...question, headers: { accept: 'application/json', ...question.headers } }, signal)
        .catch((error: unknown) => {
          if (error instanceof NoReply) return error;
          throw error;
        });
      if (!(reply instanceof NoReply) && reply.status < 500 && reply.status !== 429) return jsonOf(url + path, reply);
      if (attempt >= retries) {
        const reason = reply instanceof NoReply ? reply.message : `it keeps answering status ${reply.status}`;
        throw new Fault('ao/unreachable', `${url}: ${reason}`, { retryable: true, details: { status: reply instanceof NoReply ? 0 : reply.status } });
      }
      await clock.sleep(pauseMs(attempt, reply), signal);
    }
  }
  return { url, read, ask };
}

/** Doubles from attempt to attempt, unless the unit says itself how long to wait. */
export function pauseMs(attempt: number, reply: Reply | NoReply): number {
  const wish = reply instanceof NoReply ? Number.NaN : Number(reply.header('retry-after'));
  return Number.isFinite(wish) ? wish * 1_000 : FIRST_PAUSE_MS * 2 ** attempt;
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
