import type { AoMap, AoValue, Slot } from '@beamline/core';
import { refusal } from '../answer-fault.ts';
import type { LocalNode, Scheduled } from '../node.ts';
import type { LocalProcess } from '../process.ts';
import { push } from '../push.ts';
import type { ComputedSlot } from '../recent.ts';
import type { Answer } from './answer.ts';
import type { Segment } from './path.ts';
import { paramOf, slotOf, type LocalRequest } from './request.ts';
import { schedulePage } from './schedule-page.ts';

/** Everything below `/<pid>~process@1.0/`. @throws Fault with a status */
export async function processRoute(node: LocalNode, process: LocalProcess, segments: Segment[], request: LocalRequest): Promise<Answer> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return keyOf(process.body, []);
  switch (segment.key) {
    case 'push': return pushRoute(node, process, segment, request);
    case 'schedule': return request.method === 'POST' ? scheduleRoute(node, process, request) : schedulePage(process, request, segment);
    case 'slot': return slotRoute(process, rest);
    case 'now': return stateRoute(await process.computation.computeTo(process.schedule.last()), rest);
    case 'compute': return computeRoute(process, segment, rest, request);
    case 'as': throw refusal(500, 'ao/no-dryrun', 'lua@5.3a processes cannot be run without being changed');
    default: return keyOf(process.body, segments);
  }
}

async function pushRoute(node: LocalNode, process: LocalProcess, segment: Segment, request: LocalRequest): Promise<Answer> {
  const scheduled = request.item ? schedule(node, process, request) : redelivery(process, paramOf(request, segment, 'slot'));
  const computed = push(node, scheduled.process, scheduled.slot);
  // Computing needs nothing from the disk, so both go on at a time; a failed write outweighs whatever was computed.
  const [, outcome] = await Promise.all([scheduled.durable, computed.then((value) => ({ value }), (error: unknown) => ({ error }))]);
  if ('error' in outcome) throw outcome.error;
  return { status: 200, value: outcome.value, headers: { process: scheduled.process.id, slot: scheduled.slot } };
}

/** Anybody may ask for a slot's outbox to be delivered again, as often as they like. */
function redelivery(process: LocalProcess, slot: string | undefined): Scheduled {
  if (slot === undefined) throw refusal(400, 'ao/bad-signature', 'Message is not valid.');
  return { process, slot: slotOf(slot), durable: Promise.resolve() };
}

async function scheduleRoute(node: LocalNode, process: LocalProcess, request: LocalRequest): Promise<Answer> {
  const scheduled = schedule(node, process, request);
  await scheduled.durable;
  const entry = scheduled.process.schedule.entry(scheduled.slot);
  return {
    status: 200,
    headers: {
      process: scheduled.process.id,
      slot: scheduled.slot,
      timestamp: entry?.timestamp ?? 0,
      'hash-chain': entry?.hashChain ?? '',
      epoch: '0',
      'body+link': entry?.id ?? '',
    },
  };
}

/** The signed target wins over the path: an item for A posted to B runs on A. */
function schedule(node: LocalNode, pathProcess: LocalProcess, { item, body }: LocalRequest): Scheduled {
  if (!item) throw refusal(400, 'ao/bad-signature', 'Message is not valid.');
  const process = item.target ? node.process(item.target) : pathProcess;
  if (!process) throw refusal(500, 'ao/unknown-process', `process ${item.target} is not on this node`, { process: item.target });
  return node.schedule(process, item, body);
}

function slotRoute({ schedule: { last } }: LocalProcess, [segment]: Segment[]): Answer {
  if (segment?.key !== 'current') throw notFound(segment?.key ?? 'slot');
  return { status: 200, value: last() };
}

async function computeRoute(process: LocalProcess, segment: Segment, rest: Segment[], request: LocalRequest): Promise<Answer> {
  const slot: string | undefined = segment.value ?? segment.params['slot'] ?? request.path.query['slot'];
  return stateRoute(slot === undefined ? await process.computation.latest() : await process.computation.computeTo(slotOf(slot)), rest);
}

function stateRoute({ state, results }: ComputedSlot & { slot: Slot }, rest: Segment[]): Answer {
  return keyOf(results === undefined ? state : { ...state, results }, rest);
}

/** Follows keys into a message; positions of a list count from 1. */
export function keyOf(message: AoMap, path: Segment[]): Answer {
  let value: AoValue = message;
  for (const { key } of path) {
    const inner: AoValue | undefined = Array.isArray(value)
      ? value[Number(key) - 1]
      : typeof value === 'object' && Object.hasOwn(value, key) ? value[key] : undefined;
    if (inner === undefined) throw notFound(key);
    value = inner;
  }
  return { status: 200, value: Array.isArray(value) ? Object.fromEntries(value.map((item, i) => [String(i + 1), item])) : value };
}

function notFound(key: string) {
  return refusal(404, 'ao/not-found', `there is no key ${key.slice(0, 80)}`);
}
