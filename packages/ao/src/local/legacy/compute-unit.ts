import { isFault, type Clock, type Slot } from '@beamline/core';
import { statusOf } from '../answer-fault.ts';
import type { LocalNode } from '../node.ts';
import type { LocalProcess } from '../process.ts';
import { failedResult, resultOf, type CuResult } from './cu-result.ts';
import { createDryRuns } from './dry-run.ts';
import { failed, ok, type UnitReply, type UnitRequest } from './reply.ts';
import { processOf, type createSlotIndex } from './scheduled.ts';

const MINUTE_MS = 60_000;
const PAGE = 25;

/** Answers results, as legacynet's CU: `GET /cu/result/<message>`, `GET /cu/results/<process>`, `POST /cu/dry-run`. */
export function createComputeUnit(node: LocalNode, slotOf: ReturnType<typeof createSlotIndex>, clock: Clock) {
  const dryRuns = createDryRuns(node, clock);
  const asked = new Map<string, number[]>();

  /** False once an address asked more often in a minute than the limit allows. */
  const allows = (from: string): boolean => {
    const limit = node.limits.dryRunsPerMinute;
    if (limit === 0) return true;
    const recent = (asked.get(from) ?? []).filter((time) => time > clock.now() - MINUTE_MS);
    if (recent.length < limit) recent.push(clock.now());
    else return false;
    asked.set(from, recent);
    return true;
  };

  const resultAt = async (process: LocalProcess, slot: Slot): Promise<CuResult> => {
    try {
      return resultOf(await process.computation.computeTo(slot));
    } catch (error) {
      // A failed evaluation is an answer; what is unknown or cannot be had any more is not.
      if (isFault(error, 'ao/process-failed') || (isFault(error) && statusOf(error) === 400)) return failedResult(error.message);
      throw error;
    }
  };

  const results = async (process: LocalProcess, query: URLSearchParams) => {
    const descending = query.get('sort') === 'DESC';
    const [from, to] = [cursorSlot(query.get('from')), cursorSlot(query.get('to'))];
    const limit = Math.min(Number(query.get('limit') ?? PAGE) || PAGE, 1_000);
    const last = process.schedule.last();
    const slots: Slot[] = [];
    for (let slot = descending ? last : 0; slot >= 0 && slot <= last && slots.length <= limit; slot += descending ? -1 : 1) {
      if ((from === undefined || (descending ? slot < from : slot > from)) && (to === undefined || (descending ? slot >= to : slot <= to))) slots.push(slot);
    }
    const edges = [];
    for (const slot of slots.slice(0, limit)) edges.push({ cursor: cursorOf(process, slot), node: await resultAt(process, slot) });
    return { pageInfo: { hasNextPage: slots.length > limit }, edges };
  };

  const answer = async ({ method, rest, query, body, from }: UnitRequest): Promise<UnitReply> => {
    const [action, id] = rest;
    if (action === 'result' && method === 'GET') {
      const process = processOf(node, query.get('process-id'));
      const slot = slotOf(process, id ?? '');
      if (slot === undefined) return failed(404, `message ${id} is not in the schedule of ${process.id}`);
      return ok(await resultAt(process, slot));
    }
    if (action === 'results' && method === 'GET') return ok(await results(processOf(node, id), query));
    if (action === 'dry-run' && method === 'POST') {
      if (!allows(from)) return failed(429, 'Rate limit exceeded');
      return ok(await dryRuns.run(processOf(node, query.get('process-id')), body));
    }
    return action === undefined ? ok({ address: node.signer.address, timestamp: clock.now() }) : failed(404, 'there is nothing at this path');
  };
  return { answer, close: dryRuns.close };
}

function cursorOf(process: LocalProcess, slot: Slot): string {
  const { timestamp } = process.schedule.entry(slot)!;
  return Buffer.from(JSON.stringify({ timestamp, ordinate: String(slot), cron: null, sort: 'ASC' })).toString('base64');
}

function cursorSlot(cursor: string | null): Slot | undefined {
  if (cursor === null) return undefined;
  try {
    const slot = Number((JSON.parse(Buffer.from(cursor, 'base64').toString('utf8')) as { ordinate?: string }).ordinate);
    return Number.isSafeInteger(slot) ? slot : undefined;
  } catch {
    return undefined;
  }
}
