import { isFault, type AoNetwork, type Clock, type Delivery, type ProcessId, type SignedItem, type Signer } from '@beamline/core';
import type { Account, Ledger } from './ledger.ts';
import type { Route } from './route.ts';

/** Something a player wants done. */
export interface Intent {
  action: string;
  tags: Readonly<Record<string, string | number>>;
}

/** How it went: `code` of a refusal, or `ok`; `pending` when the answer is not known yet; `rejected` when it never counted. */
export type Fate = { fate: 'ok' | 'refused' | 'failed' | 'pending' | 'rejected'; code: string; data: string };

export interface DeliverOptions {
  network: AoNetwork;
  clock: Clock;
  ledger: Ledger;
  /** Pause before a message that was turned away goes out again. @default 100 */
  pauseMs?: number;
}

// The kernel answers these without using up the sequence number.
const NOT_TAKEN = new Set(['kernel/standby', 'kernel/retired', 'kernel/held-full']);
const NOT_USED_UP = new Set(['kernel/bad-seq', 'kernel/seq-too-old', 'kernel/no-action', 'kernel/no-sender']);

/**
 * Delivers one message exactly once. An item whose fate is unknown is handed in again as it is, never signed anew; only
 * what a process verifiably did not take is signed again, under the same number, for the process that serves by then.
 */
export async function deliver(
  { network, clock, ledger, pauseMs = 100 }: DeliverOptions, signer: Signer, route: Route, account: Account, intent: Intent, signal?: AbortSignal,
): Promise<Fate> {
  const seq = account.lastSeq + 1;
  let signedFor = await route.process(signal);
  let item = await sign(network, signer, signedFor, seq, intent);
  account.lastSeq = seq;
  ledger.sent += 1;

  for (;;) {
    const attempt = await tryOnce(network, item, signal);
    if (attempt.result === 'unknown') {
      ledger.retried += 1;
      await clock.sleep(pauseMs, signal);
      continue;
    }
    if (attempt.result === 'delivered') {
      const fate = settle(ledger, account, route, signedFor, attempt.delivery);
      if (fate !== 'not-taken') return fate;
    }
    if (attempt.result === 'rejected') {
      account.lastSeq = seq - 1;
      ledger.rejected += 1;
      return { fate: 'rejected', code: attempt.code, data: '' };
    }
    // Not taken, or no such process: whoever serves now gets it.
    ledger.resigned += 1;
    await clock.sleep(pauseMs, signal);
    route.refresh();
    signedFor = await route.process(signal);
    item = await sign(network, signer, signedFor, seq, intent);
  }
}

type Attempt = { result: 'delivered'; delivery: Delivery } | { result: 'unknown' | 'gone' } | { result: 'rejected'; code: string };

async function tryOnce(network: AoNetwork, item: SignedItem, signal?: AbortSignal): Promise<Attempt> {
  try {
    return { result: 'delivered', delivery: await network.send(item, signal) };
  } catch (error) {
    signal?.throwIfAborted();
    if (isFault(error, 'ao/unknown-process')) return { result: 'gone' };
    if (isFault(error) && !error.retryable) return { result: 'rejected', code: error.code };
    return { result: 'unknown' };
  }
}

function settle(ledger: Ledger, account: Account, route: Route, process: ProcessId, delivery: Delivery): Fate | 'not-taken' {
  if (delivery.outcome === 'scheduled') {
    route.stuck(process, delivery.slot);
    return count(ledger, account, 'pending');
  }
  const { outcome = '', code = '', data = '' } = delivery.output;
  ledger.undelivered += delivery.undelivered?.length ?? 0;
  if (outcome === 'refused' && NOT_TAKEN.has(`${code}`)) return 'not-taken';
  if (outcome === 'refused' && NOT_USED_UP.has(`${code}`)) {
    ledger.rejected += 1;
    return { fate: 'rejected', code: `${code}`, data: '' };
  }
  if (outcome === 'held' || outcome === 'forwarded') {
    if (outcome === 'forwarded') route.refresh();
    return count(ledger, account, 'pending');
  }
  if (outcome === 'duplicate') {
    ledger.duplicate += 1;
    return count(ledger, account, 'ok');
  }
  if (outcome === 'ok') return count(ledger, account, 'ok', '', `${data}`);
  return count(ledger, account, outcome === 'refused' ? 'refused' : 'failed', `${code}`);
}

function count(ledger: Ledger, account: Account, fate: Exclude<Fate['fate'], 'rejected'>, code = '', data = ''): Fate {
  account.delivered += 1;
  if (fate === 'ok') ledger.accepted += 1;
  else ledger[fate] += 1;
  return { fate, code, data };
}

function sign(network: AoNetwork, signer: Signer, target: ProcessId, seq: number, { action, tags }: Intent): Promise<SignedItem> {
  const named = Object.entries(tags).map(([name, value]) => ({ name, value: `${value}` }));
  return network.signMessage(signer, { target, tags: [{ name: 'Action', value: action }, { name: 'seq', value: `${seq}` }, ...named], data: '' });
}
