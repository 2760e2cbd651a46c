import type { AoMap } from '@beamline/core';
import { refusal } from '../answer-fault.ts';
import { logBytes } from '../folder/log-bytes.ts';
import type { ForkedSlot } from '../fork.ts';
import type { LocalNode } from '../node.ts';
import type { Answer } from './answer.ts';
import type { Segment } from './path.ts';
import type { RouteContext } from './routes.ts';
import { paramOf, type LocalRequest } from './request.ts';

/** `/~beamline@1.0/…`: what a local network can do and a real node cannot. */
export async function beamlineRoute(context: RouteContext, segment: Segment | undefined, request: LocalRequest): Promise<Answer> {
  const { node } = context;
  const post = request.method === 'POST';
  if (segment?.key === 'brick' && post) return brickRoute(node, segment, request);
  if (segment?.key === 'fork' && post) return forkRoute(node, segment, request);
  if (segment?.key === 'status') return statusRoute(context);
  throw refusal(404, 'ao/not-found', 'there is no such key');
}

async function brickRoute(node: LocalNode, segment: Segment, request: LocalRequest): Promise<Answer> {
  const id = paramOf(request, segment, 'process') ?? '';
  const process = node.process(id);
  if (!process) throw refusal(404, 'ao/unknown-process', `process ${id.slice(0, 80)} is not on this node`);
  await node.brick(process, 'bricked on request');
  return { status: 200, value: 'Bricked.' };
}

/** Takes over slots of a process that lives elsewhere. Those it has already must be the same ones. */
async function forkRoute(node: LocalNode, segment: Segment, request: LocalRequest): Promise<Answer> {
  const id = paramOf(request, segment, 'process') ?? '';
  if (!/^[\w-]{43}$/.test(id)) throw refusal(400, 'ao/bad-fork', 'a fork needs the id of a process');
  const slots = forkedSlots(request.body);
  for (const [i, { slot, id: message }] of slots.entries()) {
    const known = node.process(id)?.schedule.entry(slot)?.id;
    if (known !== undefined && known !== message) throw refusal(409, 'ao/fork-conflict', `slot ${slot} of ${id} is another message here`);
    const last = node.process(id)?.schedule.last() ?? -1;
    if (known === undefined && slot !== Math.max(last + 1, (slots[i - 1]?.slot ?? -1) + 1)) throw refusal(409, 'ao/fork-gap', `slot ${last + 1} of ${id} is missing`);
  }
  await node.takeOver(id, paramOf(request, segment, 'from') ?? '', slots);
  return { status: 200, value: 'Forked.' };
}

function forkedSlots(body: Buffer): ForkedSlot[] {
  let slots: unknown;
  try {
    slots = JSON.parse(body.toString('utf8'));
  } catch {
    slots = undefined;
  }
  if (Array.isArray(slots) && slots.length > 0 && slots.every(isForkedSlot)) return slots;
  throw refusal(400, 'ao/bad-fork', 'a fork needs a list of slots');
}

function isForkedSlot(value: unknown): value is ForkedSlot {
  if (typeof value !== 'object' || value === null) return false;
  const { slot, timestamp, id, body } = value as Record<string, unknown>;
  const commitments = (body as AoMap | undefined)?.['commitments'];
  return Number.isSafeInteger(slot) && (slot as number) >= 0 && Number.isSafeInteger(timestamp) && (timestamp as number) >= 0 &&
    typeof id === 'string' && /^[\w-]{43}$/.test(id) && typeof commitments === 'object' && commitments !== null;
}

async function statusRoute({ node, counts, clock, cron }: RouteContext): Promise<Answer> {
  const processes = [...node.processes()];
  return {
    status: 200,
    contentType: 'application/json',
    value: JSON.stringify({
      address: node.signer.address,
      dir: node.dir,
      pid: process.pid,
      uptimeMs: clock.now() - counts.startedAt,
      processes: processes.length,
      slots: processes.reduce((sum, { schedule }) => sum + schedule.last() + 1, 0),
      bricked: processes.filter(({ computation }) => computation.brick() !== undefined).length,
      logBytes: await logBytes(node.dir),
      cronTasks: cron.tasks(),
      forks: Object.fromEntries(node.forks()),
      aliases: Object.fromEntries(node.aliases()),
    }),
  };
}
