import type { Tag } from '@beamline/core';
import { refusal } from '../answer-fault.ts';
import { answerQuery } from '../arweave/query.ts';
import { readArchive } from '../arweave/read.ts';
import { takeUpload } from '../arweave/upload.ts';
import type { LocalNode } from '../node.ts';
import { failed, ok, type UnitReply, type UnitRequest } from './reply.ts';
import { signerOf, tagsOf } from './scheduled.ts';

const TIME_TO_LIVE_MS = '86400000';

/**
 * An Arweave gateway and the bundler in front of it, over the node's archive: `POST /gw/tx` (also `/gw/v1/tx`) takes a
 * signed item, `GET /gw/<id>`, `/gw/tx/<id>/status` and `POST /gw/graphql` show it. For legacynet's client GraphQL also
 * finds modules, processes and the scheduler's location, and an uploaded module can be spawned.
 */
export function createGateway(node: LocalNode) {
  return async (request: UnitRequest): Promise<UnitReply> => {
    const { method, body, origin } = request;
    const rest = request.rest[0] === 'v1' ? request.rest.slice(1) : request.rest;
    if (method === 'POST' && rest[0] === 'tx') return takeUpload(node, body);
    if (method === 'GET') return readArchive(node.archive, { ...request, rest });
    if (method !== 'POST' || rest[0] !== 'graphql') return failed(404, 'there is nothing at this path');
    const { query, variables } = readQuery(body);
    const ids = [variables['transactionIds'], variables['ids']].flat().filter((id): id is string => typeof id === 'string');
    if (query.includes('Scheduler-Location')) {
      const known = variables['owner'] === node.signer.address;
      return edges(known ? [entry('', node.signer.address, location(origin))] : []);
    }
    if ('owners' in variables || 'tags' in variables || (ids.length > 0 && ids.every((id) => node.archive.get(id) !== undefined))) {
      return ok(answerQuery(node.archive, query, variables));
    }
    const found = [];
    for (const id of ids) {
      const message = await node.message(id);
      if (message !== undefined) found.push(entry(id, signerOf(message).address, moduleTags(tagsOf(message))));
    }
    return edges(found);
  };
}

function location(origin: string): Tag[] {
  return Object.entries({ 'Data-Protocol': 'ao', Variant: 'ao.TN.1', Type: 'Scheduler-Location', Url: `${origin}/su`, 'Time-To-Live': TIME_TO_LIVE_MS })
    .map(([name, value]) => ({ name, value }));
}

/** A module published the HyperBEAM way is a process that carries Lua; the client looks for these tags. */
function moduleTags(tags: Tag[]): Tag[] {
  const isLua = tags.some(({ name, value }) => name.toLowerCase() === 'content-type' && /lua/.test(value));
  if (!isLua || tags.some(({ name }) => name === 'Module-Format')) return tags;
  const described = { Type: 'Module', 'Module-Format': 'lua', 'Input-Encoding': 'JSON-1', 'Output-Encoding': 'JSON-1' };
  return [...tags.filter(({ name }) => name !== 'Type'), ...Object.entries(described).map(([name, value]) => ({ name, value }))];
}

function entry(id: string, address: string, tags: Tag[]) {
  return { cursor: id, node: { id, owner: { address, key: '' }, tags, block: { id: '', height: 0, timestamp: 0 } } };
}

function edges(list: ReturnType<typeof entry>[]): UnitReply {
  return ok({ data: { transactions: { pageInfo: { hasNextPage: false }, edges: list } } });
}

function readQuery(body: Buffer): { query: string; variables: Record<string, unknown> } {
  const { query, variables } = objectOf(parse(body));
  return { query: typeof query === 'string' ? query : '', variables: objectOf(variables) };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw refusal(400, 'ao/bad-item', 'the query is not JSON');
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
