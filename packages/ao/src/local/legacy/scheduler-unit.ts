import type { Slot } from '@beamline/core';
import type { LocalNode } from '../node.ts';
import type { LocalProcess } from '../process.ts';
import { failed, ok, type UnitReply, type UnitRequest } from './reply.ts';
import { mapOf, processOf, signerOf, tagsOf, type createSlotIndex } from './scheduled.ts';

const PAGE = 100;

/** Shows schedules, as legacynet's SU: `GET /su/<process>` by timestamps or nonces, `GET /su/<message>?process-id=`. */
export function createSchedulerUnit(node: LocalNode, slotOf: ReturnType<typeof createSlotIndex>) {
  return async ({ method, rest, query }: UnitRequest): Promise<UnitReply> => {
    if (method !== 'GET') return failed(405, 'send items to the messenger unit');
    const [id, latest] = rest;
    const given = query.get('process-id');
    if (id === undefined) {
      if (given !== null) processOf(node, given);
      return ok({ address: node.signer.address, Unit: 'Scheduler' });
    }
    const process = node.process(id);
    if (process === undefined) {
      const owner = processOf(node, given);
      const slot = slotOf(owner, id);
      return slot === undefined ? failed(404, `message ${id} is not in the schedule of ${owner.id}`) : ok(await scheduled(owner, slot));
    }
    if (latest === 'latest') return ok(await scheduled(process, process.schedule.last()));
    if (given === id && !['from', 'to', 'limit', 'from-nonce', 'to-nonce'].some((name) => query.has(name))) return ok(await scheduled(process, 0));
    return ok(await page(process, query));
  };
}

async function page(process: LocalProcess, query: URLSearchParams) {
  const bound = (name: string, missing: number) => {
    const text = query.get(name);
    const value = text === null || text === 'undefined' ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : missing;
  };
  const limit = Math.max(1, Math.min(bound('limit', PAGE), 5_000));
  const edges = [];
  let more = false;
  // From is exclusive and to inclusive, by time and by nonce alike.
  for (let slot = Math.max(0, bound('from-nonce', -1) + 1); slot <= Math.min(process.schedule.last(), bound('to-nonce', Infinity)); slot++) {
    const { timestamp } = process.schedule.entry(slot)!;
    if (timestamp <= bound('from', -1) || timestamp > bound('to', Infinity)) continue;
    if (edges.length === limit) {
      more = true;
      break;
    }
    edges.push({ cursor: String(timestamp), node: await scheduled(process, slot) });
  }
  return { page_info: { process: process.id, has_next_page: more }, edges };
}

/** One entry: the message as it was signed, and the assignment that gives it its place. */
async function scheduled(process: LocalProcess, slot: Slot) {
  const assignment = await process.schedule.assignment(slot);
  const message = mapOf(assignment['body']);
  const { id, address, key, signature } = signerOf(message);
  const hashChain = String(assignment['hash-chain']);
  const tag = (name: string, value: string | number) => ({ name, value: String(value) });
  return {
    message: { id, owner: { address, key }, signature, tags: tagsOf(message), data: message['data'] ?? '', target: message['target'] ?? '', anchor: '' },
    assignment: {
      id: hashChain,
      owner: { address: String(process.body['scheduler'] ?? ''), key: '' },
      tags: [
        tag('Data-Protocol', 'ao'), tag('Variant', 'ao.TN.1'), tag('Type', 'Assignment'), tag('Process', process.id), tag('Message', id),
        tag('Epoch', '0'), tag('Nonce', slot), tag('Timestamp', Number(assignment['timestamp'])), tag('Block-Height', 0), tag('Hash-Chain', hashChain),
      ],
      signature: '', data: '', anchor: '',
    },
  };
}
