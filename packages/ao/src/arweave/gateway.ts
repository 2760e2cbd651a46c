import { Fault } from '@beamline/core';
import type { Clock } from '@beamline/core';
import type { Ask } from '../hyperbeam/ask.ts';
import { NoReply, type Question, type Reply } from '../hyperbeam/exchange.ts';
import { unreachable } from '../hyperbeam/reader.ts';
import { askPatiently } from '../hyperbeam/retry.ts';

/** Questions that may be asked again: reads. */
export interface Gateway {
  url: string;
  /** @throws Fault `ao/unreachable`, `ao/unavailable`, `ao/rejected`, and whatever `read` throws. */
  ask<T>(question: Question, read: (reply: Reply) => T, signal?: AbortSignal): Promise<T>;
}

export interface GatewayOptions {
  url: string;
  ask: Ask;
  clock: Clock;
  retries: number;
}

export function createGateway({ url, ask, clock, retries }: GatewayOptions): Gateway {
  return {
    url,
    async ask(question, read, signal) {
      try {
        return await askPatiently({ ask, clock, retries }, question, read, signal);
      } catch (error) {
        if (error instanceof NoReply) throw unreachable(url, error);
        throw error;
      }
    },
  };
}

/** What a status means that no answer was expected with. */
export function refused(url: string, path: string, { status, body }: Reply): Fault {
  const details = { status, path };
  if (status === 429 || status >= 500) return new Fault('ao/unavailable', `${url} keeps answering ${path} with status ${status}`, { details, retryable: true });
  const said = body.toString('utf8', 0, 200).replaceAll(/[^\x20-\x7e]+/g, ' ');
  return new Fault('ao/rejected', `${url} refused ${path} with status ${status}: ${said}`, { details });
}
