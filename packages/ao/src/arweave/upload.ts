import { Fault, isFault } from '@beamline/core';
import type { Clock, SignedItem } from '@beamline/core';
import type { Ask } from '../hyperbeam/ask.ts';
import { NoReply, type Reply } from '../hyperbeam/exchange.ts';
import { unreachable } from '../hyperbeam/reader.ts';
import { isTransient, isWorthAnother, pauseMs } from '../hyperbeam/retry.ts';
import { refused } from './gateway.ts';

export interface UploadOptions {
  url: string;
  /** Path and query of the bundler's door. */
  path: string;
  ask: Ask;
  clock: Clock;
  retries: number;
  /** Whether a gateway has the item already. */
  isKnown(id: string, signal?: AbortSignal): Promise<boolean>;
}

/**
 * Hands a signed item to a bundler until it is known to have it. After a 5xx, a time-out or a lost answer the outcome is
 * unknown: the gateway is asked before the same item goes out again. A bundler keeps one copy of an id, so a repetition
 * that was needless costs nothing but its bytes.
 */
export async function uploadItem({ url, path, ask, clock, retries, isKnown }: UploadOptions, item: SignedItem, signal?: AbortSignal): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const headers = { 'content-type': 'application/octet-stream', 'codec-device': 'ans104@1.0' };
    const reply = await ask({ method: 'POST', path, headers, body: item.raw }, signal).catch((error: unknown) => {
      if (error instanceof NoReply) return error;
      throw error;
    });
    if (!(reply instanceof NoReply)) {
      if (reply.status < 300 && isReceiptOf(reply, item)) return;
      if (reply.status >= 300 && !isTransient(reply.status)) throw refusal(url, path, item, reply);
    }
    const isUntouched = reply instanceof NoReply ? reply.reason === 'circuit-open' : reply.status === 429;
    if (!isUntouched && (await isKnown(item.id, signal).catch((error: unknown) => notKnown(error)))) return;
    if (attempt >= retries || (reply instanceof NoReply && !isWorthAnother(reply))) throw exhausted(url, path, item, reply, isUntouched);
    await clock.sleep(pauseMs(attempt, reply, clock.now()), signal);
  }
}

/** A gateway that does not answer says nothing about the item. */
function notKnown(error: unknown): false {
  if (isFault(error)) return false;
  throw error;
}

/** A success that names another item, or is a web page, is none. Some bundlers answer a repetition without a body. */
function isReceiptOf({ status, body }: Reply, { id }: SignedItem): boolean {
  const text = body.toString('utf8').trim();
  if (text === '' || status === 202) return true;
  try {
    return (JSON.parse(text) as { id?: unknown }).id === id;
  } catch {
    return false;
  }
}

function refusal(url: string, path: string, { id }: SignedItem, reply: Reply): Fault {
  if (reply.status === 402) {
    return new Fault('ao/not-paid', `${url} takes item ${id} only from an account that can pay for it`, {
      hint: 'Charge the account of the anchor’s signer with this bundler, then repeat: the same item is sent again.',
      details: { status: 402, item: id },
    });
  }
  return refused(url, path, reply);
}

function exhausted(url: string, path: string, { id }: SignedItem, reply: Reply | NoReply, isUntouched: boolean): Fault {
  if (isUntouched) return reply instanceof NoReply ? unreachable(url, reply, { item: id }) : refused(url, path, reply);
  return new Fault('ao/outcome-unknown', `nobody can say whether ${url} has item ${id}`, {
    hint: 'Send the same item again later: it cannot arrive twice.',
    retryable: true,
    details: { item: id, ...(reply instanceof NoReply ? { reason: reply.reason } : { status: reply.status }) },
  });
}
