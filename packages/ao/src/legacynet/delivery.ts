import { Fault, type AoMap, type Clock, type Delivery, type MessageId, type Output, type SignedItem, type Slot } from '@beamline/core';
import { parseItem } from '../ans104/parse.ts';
import { verifyItem } from '../ans104/verify.ts';
import { NoReply } from '../hyperbeam/exchange.ts';
import { pauseMs } from '../hyperbeam/retry.ts';
import { sendLegacy } from './connection.ts';
import { mapOf } from './schedule-entry.ts';
import type { Unit } from './units.ts';
import type { View } from './view.ts';

export interface DeliveryOptions {
  mu: Unit;
  view: View;
  clock: Clock;
  retries: number;
}

/** Sends items so that each is scheduled once: whatever the messenger unit says, the schedule decides. */
export function createDelivery({ mu, view, clock, retries }: DeliveryOptions) {
  const delivered = async ({ target, id }: SignedItem, slot: Slot, signal?: AbortSignal): Promise<Delivery> => {
    const result = await view.resultOf(target, id, signal);
    const error = errorOf(result);
    return error === undefined ? { outcome: 'computed', slot, output: outputOf(result) } : { outcome: 'scheduled', slot, detail: error };
  };

  /** What was taken appears in the schedule a little later. */
  const scheduled = async (process: string, id: MessageId, attempts: number, signal?: AbortSignal): Promise<Slot | undefined> => {
    for (let attempt = 0; ; attempt++) {
      const entry = await view.entryOf(process, id, signal);
      if (entry) return entry.slot;
      if (attempt >= attempts) return undefined;
      await clock.sleep(pauseMs(attempt, undefined, clock.now()), signal);
    }
  };

  return {
    /** `isNew`: signed here and never sent. Anything else is looked up before it is sent. */
    async send(item: SignedItem, isNew: boolean, signal?: AbortSignal): Promise<Delivery> {
      const { id, target: process } = item;
      // The client checks too, but its answer can't be told from a unit that is out of reach.
      if (!(await verifyItem(parseItem(item.raw)))) throw new Fault('ao/rejected', `message ${id} was altered after it was signed`, { details: { status: 400, message: id } });
      const known = isNew ? undefined : await view.entryOf(process, id, signal);
      if (known) return delivered(item, known.slot, signal);
      for (let attempt = 0; ; attempt++) {
        const sent = await sendLegacy(mu.url, mu.ask, item, signal);
        if (sent.kind === 'refused' && sent.status === 404) throw new Fault('ao/unknown-process', `${mu.url} knows no process ${process}`, { details: { process, status: 404 } });
        if (sent.kind === 'refused' && sent.status < 500 && sent.status !== 429) {
          throw new Fault('ao/rejected', `${mu.url} refused message ${id}: ${sent.text}`, { details: { status: sent.status, message: id } });
        }
        const slot = await scheduled(process, id, sent.kind === 'taken' ? retries : 0, signal);
        if (slot !== undefined) return delivered(item, slot, signal);
        if (attempt >= retries) {
          throw new Fault('ao/unreachable', `${mu.url} did not take message ${id}, and the schedule does not hold it`, {
            hint: 'Send the same item again later: it is looked up before it is repeated.', retryable: true, details: { message: id },
          });
        }
        await clock.sleep(pauseMs(attempt, sent.reply, clock.now()), signal);
      }
    },

    /** Posts what has no target until somebody took it. A repeated post of the same item does no harm. */
    async post(to: Unit, path: string, { raw, id }: SignedItem, signal?: AbortSignal): Promise<void> {
      for (let attempt = 0; ; attempt++) {
        const reply = await to.ask({ method: 'POST', path, headers: { 'content-type': 'application/octet-stream', accept: 'application/json' }, body: raw }, signal)
          .catch((error: unknown) => {
            if (error instanceof NoReply) return error;
            throw error;
          });
        const status = reply instanceof NoReply ? 0 : reply.status;
        // An answer that is no JSON was written by something in between.
        if (!(reply instanceof NoReply) && status < 300 && isJson(reply.body)) return;
        if (status >= 400 && status < 500 && status !== 429) throw new Fault('ao/rejected', `${to.url} refused ${id} with status ${status}`, { details: { status } });
        if (attempt >= retries) throw new Fault('ao/unreachable', `${to.url} does not take ${id}`, { retryable: true, details: { status } });
        await clock.sleep(pauseMs(attempt, reply, clock.now()), signal);
      }
    },

    scheduled,
  };
}

export function errorOf({ Error: error }: AoMap): string | undefined {
  return error === undefined || error === '' ? undefined : String(error);
}

/** The flat part of `Output`. */
export function outputOf(result: AoMap): Output {
  if (typeof result['Output'] === 'string') return { data: result['Output'] };
  const flat = Object.entries(mapOf(result['Output'])).filter((pair): pair is [string, string | number] => typeof pair[1] === 'string' || typeof pair[1] === 'number');
  return Object.fromEntries(flat.filter(([name]) => !/^c\d+$/.test(name)));
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
