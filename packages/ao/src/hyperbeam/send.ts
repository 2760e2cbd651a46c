import { Fault, type Clock } from '@beamline/core';
import type { Delivery, SignedItem, Slot } from '@beamline/core';
import type { Ask } from './ask.ts';
import { NoReply, type Question, type Reply } from './exchange.ts';
import { findScheduled } from './find-scheduled.ts';
import { JSON_QUERY, unknownProcess, unreachable, type Reader } from './reader.ts';
import { pauseMs } from './retry.ts';
import { jsonOf, outputOf, undeliveredOf } from './wire.ts';

export interface SendOptions {
  url: string;
  ask: Ask;
  reader: Reader;
  clock: Clock;
  retries: number;
}

/**
 * Sends an item until it is known to be scheduled. The network runs an item as often as it is posted, so whenever the
 * outcome of a post is unknown (5xx, time-out, lost or broken answer) the schedule is asked before the next.
 * @param isNew false when the item may have been sent before, by whoever: the schedule is asked first.
 */
export async function sendItem(options: SendOptions, item: SignedItem, isNew: boolean, signal?: AbortSignal): Promise<Delivery> {
  const { url, ask, reader, clock, retries } = options;
  const { id, target: process } = item;
  const sentAt = clock.now();
  if (!isNew && (await reader.tryGet(`/${id}/type`, signal))) {
    const slot = await findScheduled(reader, process, id, 0, signal);
    if (slot !== undefined) return outcomeAt(options, item, slot, signal);
  }

  for (let attempt = 0; ; attempt++) {
    const reply = await ask(postOf(item, `/${process}~process@1.0/push`), signal).catch((error: unknown) => {
      if (!(error instanceof NoReply)) throw error;
      return error;
    });
    if (!(reply instanceof NoReply)) {
      if (reply.status < 300) return deliveryOf(options, item, reply, signal);
      // Of all refusals only a 400 may come after the item was scheduled: from a process that failed on it.
      if (reply.status < 500 && ![400, 404, 429].includes(reply.status)) throw rejected(url, item, reply.status);
      if (reply.status !== 429 && (await reader.isUnknown(process, signal))) throw unknownProcess(process, url, reply.status);
    }
    if (reply instanceof NoReply || reply.status !== 429) {
      const slot = await lookFor(options, item, sentAt, signal);
      if (slot !== undefined) return outcomeAt(options, item, slot, signal);
      if (!(reply instanceof NoReply) && reply.status < 500) throw rejected(url, item, reply.status);
    }
    if (attempt >= retries) throw exhausted(url, item, reply);
    await clock.sleep(pauseMs(attempt, reply instanceof NoReply ? undefined : reply), signal);
  }
}

export function postOf({ raw }: SignedItem, path: string): Question {
  return { method: 'POST', path, headers: { 'content-type': 'application/ans104', 'codec-device': 'ans104@1.0' }, body: raw };
}

async function deliveryOf(options: SendOptions, item: SignedItem, reply: Reply, signal?: AbortSignal): Promise<Delivery> {
  const answer = /json/.test(reply.header('content-type') ?? '') ? jsonOf(reply, 'push') : {};
  const slot = Number(answer['slot'] ?? reply.header('slot') ?? NaN);
  if (!Number.isSafeInteger(slot)) throw new Fault('ao/bad-answer', `the node took ${item.id}, but did not say at which slot`);
  // Items without the tags for JSON are answered with a page.
  if (!('status' in answer)) return outcomeAt(options, item, slot, signal);
  const undelivered = undeliveredOf(answer);
  return { outcome: 'computed', slot, output: outputOf(answer), ...(undelivered.length > 0 ? { undelivered } : {}) };
}

/** The item has a slot, but its answer is lost: reads the result, which a process that is stuck does not have. */
async function outcomeAt({ reader }: SendOptions, item: SignedItem, slot: Slot, signal?: AbortSignal): Promise<Delivery> {
  const path = `/${item.target}~process@1.0/compute=${slot}/results?${JSON_QUERY}`;
  const reply = await reader.tryGet(path, signal);
  if (reply) return { outcome: 'computed', slot, output: outputOf(jsonOf(reply, path)) };
  // Results with bytes that are no text cannot be had as JSON, but one by one.
  const data = await reader.tryGet(`/${item.target}~process@1.0/compute=${slot}/results/output/data`, signal);
  if (data) return { outcome: 'computed', slot, output: { data: data.body.toString('utf8') } };
  return { outcome: 'scheduled', slot, detail: `slot ${slot} is in the schedule, but the node has no result for it` };
}

/** @returns `undefined` only when the schedule was read and does not hold the item. */
async function lookFor({ reader, url }: SendOptions, { id, target }: SignedItem, sentAt: number, signal?: AbortSignal): Promise<Slot | undefined> {
  try {
    return await findScheduled(reader, target, id, sentAt, signal);
  } catch (error) {
    signal?.throwIfAborted();
    // Sending again without having looked could run the message twice.
    throw new Fault('ao/outcome-unknown', `${url} took or lost ${id}, and its schedule cannot be read`, {
      hint: 'Send the same item again later: it is looked up before it is repeated.',
      retryable: true,
      details: { process: target, message: id },
      cause: error,
    });
  }
}

function rejected(url: string, { id, target }: SignedItem, status: number): Fault {
  return new Fault('ao/rejected', `${url} refused message ${id} with status ${status}`, {
    hint: 'The item is not valid there: check its signature, its tags and the key that signed it.',
    details: { status, process: target, message: id },
  });
}

function exhausted(url: string, { id, target }: SignedItem, reply: Reply | NoReply): Fault {
  const details = { process: target, message: id };
  if (reply instanceof NoReply) return unreachable(url, reply, details);
  return new Fault('ao/unreachable', `${url} keeps answering status ${reply.status}; message ${id} is not in the schedule`, {
    hint: 'Send the same item again later.',
    retryable: true,
    details: { ...details, status: reply.status },
  });
}

