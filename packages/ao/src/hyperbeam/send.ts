import { Fault, isFault, type Clock } from '@beamline/core';
import type { Delivery, SignedItem, Slot } from '@beamline/core';
import type { Ask } from './ask.ts';
import { NoReply, type Question, type Reply } from './exchange.ts';
import { isIntact } from '../ans104/verify.ts';
import { findScheduled, type SearchEnd } from './find-scheduled.ts';
import { outcomeAt } from './outcome.ts';
import { unknownProcess, unreachable, type Reader } from './reader.ts';
import type { ScheduleTails } from './schedule-tail.ts';
import { isWorthAnother, pauseMs } from './retry.ts';
import { jsonOf, outputOf, undeliveredOf } from './wire.ts';

export interface SendOptions {
  url: string;
  ask: Ask;
  reader: Reader;
  tails: ScheduleTails;
  clock: Clock;
  retries: number;
}

/** What is known of an item before it is sent: never sent, first sent then, perhaps sent by somebody else. */
export type Past = 'new' | 'unknown' | FirstSent;

export interface FirstSent {
  sentAt: number;
  /** The newest slot of the target that this client knew of. */
  after: Slot;
}

const NEWEST_SLOTS = 200;
/** The first byte of an item signed with an Arweave key. */
const RSA = 1;

/**
 * Sends an item until it is known to be scheduled. The network runs an item as often as it is posted, so whenever the
 * outcome of a post is unknown (5xx, time-out, lost or broken answer) the schedule is asked before the next.
 */
export async function sendItem(options: SendOptions, item: SignedItem, past: Past, signal?: AbortSignal): Promise<Delivery> {
  const { slot, delivery } = await scheduleItem(options, item, past, 'push', signal);
  return delivery ?? outcomeAt(options.reader, item.target, slot, signal);
}

/**
 * The same with either way of posting: `push` computes and delivers before it answers, `schedule` only takes a slot.
 * @returns the delivery when the node's answer told it.
 */
export async function scheduleItem(
  options: SendOptions,
  item: SignedItem,
  past: Past,
  way: 'push' | 'schedule',
  signal?: AbortSignal,
): Promise<{ slot: Slot; delivery?: Delivery }> {
  const { url, ask, reader, clock, retries } = options;
  const { target: process } = item;
  const firstSent = { sentAt: clock.now(), after: reader.newestSlot(process) };
  const before = past === 'new' ? undefined : await lookFor(options, item, past === 'unknown' ? () => endFor(options, item, signal) : past, signal);
  if (before !== undefined) return { slot: before };

  for (let attempt = 0; ; attempt++) {
    const reply = await ask(postOf(item, `/${process}~process@1.0/${way}`), signal).catch((error: unknown) => {
      if (!(error instanceof NoReply)) throw error;
      return error;
    });
    if (!(reply instanceof NoReply)) {
      const told = reply.status < 300 ? toldBy(reply, item, way) : undefined;
      if (told) {
        reader.noteSlot(process, told.slot);
        return told;
      }
      const isRefusal = reply.status >= 300 && reply.status < 500;
      // Of all refusals only a 400 may come after the item was scheduled: from a process that failed on it.
      if (isRefusal && ![400, 404, 429].includes(reply.status)) throw rejected(url, item, reply.status);
      if (reply.status >= 400 && reply.status !== 429 && (await reader.isUnknown(process, signal))) throw unknownProcess(process, url, reply.status);
    }
    // A node that says 429, or was not asked because it is left alone, has not taken the item.
    const isUntouched = reply instanceof NoReply ? reply.reason === 'circuit-open' : reply.status === 429;
    if (!isUntouched) {
      const slot = await lookFor(options, item, firstSent, signal);
      if (slot !== undefined) return { slot };
      // Some nodes answer 500 to an item that is not what its owner signed, and would at each further try.
      const isRefused = !(reply instanceof NoReply) && reply.status >= 300 && (reply.status < 500 || (attempt === 0 && !(await isIntact(item.raw))));
      if (isRefused) throw rejected(url, item, reply.status);
    }
    if (attempt >= retries || (reply instanceof NoReply && !isWorthAnother(reply))) throw exhausted(url, item, reply);
    await clock.sleep(pauseMs(attempt, reply, clock.now()), signal);
  }
}

export function postOf({ raw }: SignedItem, path: string): Question {
  return { method: 'POST', path, headers: { 'content-type': 'application/ans104', 'codec-device': 'ans104@1.0' }, body: raw };
}

/** What a success says of the item; `undefined` when it is not about this item, or makes no sense: as good as lost. */
function toldBy(reply: Reply, { target }: SignedItem, way: 'push' | 'schedule'): { slot: Slot; delivery?: Delivery } | undefined {
  try {
    const answer = /json/.test(reply.header('content-type') ?? '') ? jsonOf(reply, way) : {};
    const slot = Number(answer['slot'] ?? reply.header('slot') ?? NaN);
    const process = answer['process'] ?? reply.header('process') ?? target;
    if (!Number.isSafeInteger(slot) || slot < 0 || process !== target) return undefined;
    // Items without the tags for JSON are answered with a page.
    if (way === 'schedule' || !('status' in answer)) return { slot };
    const undelivered = undeliveredOf(answer);
    return { slot, delivery: { outcome: 'computed', slot, output: outputOf(answer), ...(undelivered.length > 0 ? { undelivered } : {}) } };
  } catch (error) {
    if (isFault(error, 'ao/bad-answer')) return undefined;
    throw error;
  }
}

/** A message the node has is looked for in all slots; any other only where a node that forgot it may still show it. */
async function endFor({ reader }: SendOptions, { id }: SignedItem, signal?: AbortSignal): Promise<SearchEnd> {
  return (await reader.confirm(`/${id}/type`, () => true, signal)) ? {} : { newest: NEWEST_SLOTS };
}

/** @returns `undefined` only when the schedule was read and does not hold the item. */
async function lookFor(options: SendOptions, { id, target }: SignedItem, end: SearchEnd | (() => Promise<SearchEnd>), signal?: AbortSignal): Promise<Slot | undefined> {
  try {
    return await findScheduled(options, target, id, end, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (isFault(error, 'ao/unknown-process')) throw error;
    // Sending again without having looked could run the message twice.
    throw new Fault('ao/outcome-unknown', `${options.url} took or lost ${id}, and its schedule cannot be read`, {
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

function exhausted(url: string, item: SignedItem, reply: Reply | NoReply): Fault {
  const { id, target } = item;
  const details = { process: target, message: id };
  if (reply instanceof NoReply) return unreachable(url, reply, details);
  return new Fault('ao/unreachable', `${url} keeps answering status ${reply.status}; message ${id} is not in the schedule`, {
    hint: item.raw[0] === RSA ? 'Send the same item again later.' : 'Send the same item again later. Not every node takes items of Ethereum keys: try an Arweave key.',
    retryable: true,
    details: { ...details, status: reply.status },
  });
}
