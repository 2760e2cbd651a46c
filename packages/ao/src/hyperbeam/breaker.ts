import type { Clock } from '@beamline/core';
import type { Ask } from './ask.ts';
import { NoReply } from './exchange.ts';

export interface BreakerOptions {
  /** Requests in a row without an answer from the node before it is left alone. @default 10 */
  failures?: number;
  /** How long at first; doubles while the node stays silent, up to 16 times as long. @default 1_000 */
  coolDownMs?: number;
}

/**
 * Leaves a node alone that does not answer. A 500 counts as an answer: nodes say it of unknown and stuck processes.
 *
 *     closed ──failures in a row──▶ open ──coolDownMs──▶ half-open ──answer──▶ closed
 *                                    ▲                      │
 *                                    └──────no answer───────┘ twice as long
 *
 * While open, and half-open but for one probe, every request ends at once with NoReply `circuit-open`.
 */
export function withBreaker(ask: Ask, clock: Clock, { failures = 10, coolDownMs = 1_000 }: BreakerOptions = {}): Ask {
  let inARow = 0;
  let openings = 0;
  let openUntil = 0;
  let isProbing = false;

  const fail = () => {
    inARow += 1;
    // Requests that were under way when it opened say nothing new.
    if (inARow < failures || clock.now() < openUntil) return;
    openUntil = clock.now() + coolDownMs * 2 ** Math.min(openings, 4);
    openings += 1;
  };
  const succeed = () => {
    inARow = 0;
    openings = 0;
    openUntil = 0;
  };

  return async (question, signal) => {
    const isOpen = inARow >= failures;
    const waitMs = openUntil - clock.now();
    if (isOpen && (waitMs > 0 || isProbing)) throw NoReply.circuitOpen(Math.max(waitMs, 0));
    isProbing = isOpen;
    try {
      const reply = await ask(question, signal);
      if ([502, 503, 504].includes(reply.status)) fail();
      else succeed();
      return reply;
    } catch (error) {
      // A caller who gave up says nothing about the node.
      if (error instanceof NoReply) fail();
      throw error;
    } finally {
      if (isOpen) isProbing = false;
    }
  };
}
