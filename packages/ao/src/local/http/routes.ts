import type { Clock } from '@beamline/core';
import { refusal } from '../answer-fault.ts';
import { takeUpload } from '../arweave/upload.ts';
import type { LocalNode } from '../node.ts';
import type { Answer, Links } from './answer.ts';
import { beamlineRoute } from './beamline-routes.ts';
import type { Cron } from './cron.ts';
import { cronRoute } from './cron-routes.ts';
import type { Counts } from './counts.ts';
import { metricsText } from './metrics.ts';
import { metaRoute, nameRoute } from './node-routes.ts';
import type { Segment } from './path.ts';
import { keyOf, processRoute } from './process-routes.ts';
import { relayRoute } from './relay.ts';
import type { LocalRequest } from './request.ts';

export interface RouteContext {
  node: LocalNode;
  clock: Clock;
  counts: Counts;
  links: Links;
  cron: Cron;
  /** Names already answered, by request. */
  names: Map<string, string>;
}

const ID = /^[\w-]{43}$/;
const PROCESS_KEYS = new Set(['push', 'schedule', 'slot', 'now', 'compute', 'as']);

/** Finds the answer to a request. @throws Fault with a status */
export async function route(context: RouteContext, request: LocalRequest): Promise<Answer> {
  const { node } = context;
  const [first, ...rest] = request.path.segments;
  if (first === undefined) return { status: 200 };
  if (first.key === '') return deviceRoute(context, first.device ?? '', rest, request);
  if (first.key === 'push' || first.key === 'schedule') return spawnRoute(node, request);
  if (!ID.test(first.key)) throw refusal(404, 'ao/not-found', 'there is nothing at this path');
  return idRoute(context, first, rest, request);
}

async function deviceRoute(context: RouteContext, device: string, rest: Segment[], request: LocalRequest): Promise<Answer> {
  const { node, clock, counts, cron, names } = context;
  const [segment] = rest;
  if (device === 'meta@1.0') return metaRoute(node, rest);
  if (device === 'local-name@1.0') {
    return nameRoute(node, rest, request, names, (id, below) => idRoute(context, { key: id, params: {}, device: 'process@1.0' }, below, request));
  }
  if (device === 'hyperbuddy@1.0' && segment?.key === 'metrics') {
    return { status: 200, value: await metricsText(node, counts, cron, clock.now()), contentType: 'text/plain; version=0.0.4' };
  }
  if (device === 'process@1.0' && (segment?.key === 'push' || segment?.key === 'schedule')) return spawnRoute(node, request);
  if (device === 'bundler@1.0' && request.method === 'POST') {
    const reply = await takeUpload(node, request.body);
    return { status: reply.status, value: 'json' in reply ? JSON.stringify(reply.json) : '', contentType: 'application/json' };
  }
  if (device === 'cron@1.0') return cronRoute(cron, segment, request);
  if (device === 'relay@1.0') return relayRoute(clock, segment, request);
  if (device === 'beamline@1.0') return beamlineRoute(context, segment, request);
  throw refusal(500, 'ao/unknown-device', `there is no device ${device.slice(0, 80)}`);
}

async function idRoute({ node, links }: RouteContext, first: Segment, rest: Segment[], request: LocalRequest): Promise<Answer> {
  const process = node.process(first.key);
  if (process && (first.device === 'process@1.0' || PROCESS_KEYS.has(rest[0]?.key ?? ''))) return processRoute(node, process, rest, request);
  const message = links.get(first.key) ?? (first.device === undefined ? await node.message(first.key) : undefined);
  if (message === undefined) {
    // An item says itself where it belongs, even when the path names nothing this node knows.
    const target = request.item && node.process(request.item.target);
    if (target) return processRoute(node, target, rest, request);
    throw refusal(500, 'ao/unknown-process', `message ${first.key} is not on this node`, { process: first.key });
  }
  return keyOf(message, rest);
}

/** A signed process message creates its process; it is neither compiled nor run before somebody pushes to it. */
async function spawnRoute(node: LocalNode, request: LocalRequest): Promise<Answer> {
  const { item, body } = request;
  if (!item) throw refusal(400, 'ao/bad-signature', 'Message is not valid.');
  const target = item.target === '' ? undefined : node.process(item.target);
  if (target) return processRoute(node, target, request.path.segments.slice(-1), request);
  const isProcess = item.tags.some(({ name, value }) => name.toLowerCase() === 'type' && value === 'Process');
  if (!isProcess) throw refusal(400, 'ao/no-target', 'The message names no process on this node.');
  const { process, slot, durable } = node.spawn(item, body);
  await durable;
  return { status: 200, headers: { process: process.id, slot }, value: { process: process.id, slot, status: 200 } };
}
