import { isFault } from '@beamline/core';
import type { AoMap, AoValue, ProcessId, Slot } from '@beamline/core';
import { refusal, statusOf } from './answer-fault.ts';
import type { LocalNode } from './node.ts';
import type { LocalProcess } from './process.ts';
import { aosAnswerOf } from './aos/aos-results.ts';
import { aosOutgoing } from './aos/aos-outgoing.ts';
import { pushedMessage } from './pushed-message.ts';

/**
 * Computes a slot and delivers what it sends, and what that sends in turn, before answering. Each call delivers again.
 * The answer holds the slot's results and, under each outbox entry's name, what became of it.
 */
export async function push(node: LocalNode, process: LocalProcess, slot: Slot, depth = 0): Promise<AoMap> {
  const { results } = await process.computation.computeTo(slot);
  if (results === undefined) {
    throw refusal(400, 'ao/no-results', `slot ${slot} of ${process.id} left no results`, { slot, process: process.id });
  }
  const delivered = await deliver(node, process, outgoing(node, process, slot, results), depth);
  return { ...results, ...delivered, process: process.id, slot, status: 200 };
}

/** Something to send, under its name in the outbox. Signs ahead, in any order; what it gives takes the slot, in the order sent. */
export interface Outgoing {
  name: string;
  prepared: Promise<() => Sent>;
}

function outgoing(node: LocalNode, process: LocalProcess, slot: Slot, results: AoMap): Outgoing[] {
  const answer = aosAnswerOf(results);
  if (answer) return aosOutgoing(node, process, answer);
  return entriesOf(results['outbox']).map(([name, entry]) => ({ name, prepared: prepare(node, process, slot, entry) }));
}

async function deliver(node: LocalNode, process: LocalProcess, entries: readonly Outgoing[], depth: number): Promise<AoMap> {
  if (entries.length === 0) return {};
  const sent = await process.inOrder(async () => {
    const taken: Sent[] = [];
    for (const { prepared } of entries) taken.push((await prepared)());
    return taken;
  });
  const answers: AoMap = {};
  for (const [i, { name }] of entries.entries()) answers[name] = await follow(node, sent[i] as Sent, depth);
  return answers;
}

export type Sent = { failed: AoMap } | { id: string; target: LocalProcess; slot: Slot; durable: Promise<void> };

async function prepare(node: LocalNode, process: LocalProcess, slot: Slot, entry: AoMap): Promise<() => Sent> {
  const name = entry['target'];
  if (typeof name !== 'string' || name === '') return () => undelivered(404, 'Target process not available.');
  const target = node.process(name as ProcessId);
  if (!target) return () => undelivered(404, 'Could not access target process!');
  const { id, body } = await pushedMessage(entry, { process: process.id, body: process.body, slot }, node.signer);
  return () => ({ id, target, ...node.schedulePushed(target, id, body) });
}

async function follow(node: LocalNode, sent: Sent, depth: number): Promise<AoMap> {
  if ('failed' in sent) return sent.failed;
  const { id, target, slot, durable } = sent;
  if (depth >= node.limits.pushDepth) return failure(500, `Messages push each other more than ${depth} deep.`);
  try {
    await Promise.all([durable, push(node, target, slot, depth + 1)]);
  } catch (error) {
    return failure(statusOf(error), isFault(error) ? error.message : 'The target process failed.');
  }
  return { id, slot, target: target.id, 'resulted-in': { process: target.id, slot } };
}

export function undelivered(status: number, reason: string): Sent {
  return { failed: failure(status, reason) };
}

function failure(status: number, reason: string): AoMap {
  return { response: 'error', status, reason };
}

/** Entries are named by the process, and go in the order of their names, as a real node's do; a list's by their position from 1. */
function entriesOf(outbox: AoValue | undefined): [name: string, entry: AoMap][] {
  if (typeof outbox !== 'object') return [];
  const named = Array.isArray(outbox) ? outbox.map((entry, i) => [String(i + 1), entry] as const) : Object.entries(outbox).sort(([a], [b]) => (a < b ? -1 : 1));
  return named.filter((pair): pair is [string, AoMap] => typeof pair[1] === 'object' && !Array.isArray(pair[1]));
}
