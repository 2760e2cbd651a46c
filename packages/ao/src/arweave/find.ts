import { Fault } from '@beamline/core';
import type { Address, Id, Tag } from '@beamline/core';
import { addressOfOwner } from '../ans104/owner.ts';
import type { Gateway } from './gateway.ts';
import { refused } from './gateway.ts';

export interface ItemQuery {
  ids?: readonly Id[];
  owners?: readonly Address[];
  /** Each of them, with one of the values. */
  tags?: readonly { name: string; values: readonly string[] }[];
}

/** An item as a gateway's index describes it: a claim, until the item itself is read and verified. */
export interface FoundItem {
  id: Id;
  owner: Address;
  tags: readonly Tag[];
  /** Of the data, where the index says. */
  sizeBytes?: number;
  /** Of the block it lies in; absent while it waits for one. */
  height?: number;
}

/** With what else a gateway knows, base64url; empty where it doesn't say. */
export interface IndexEntry extends FoundItem {
  signature: string;
  ownerKey: string;
  target: string;
  anchor: string;
  bundledIn?: Id;
}

const PAGE = 100;
const ARGUMENTS = { ids: '[ID!]', owners: '[String!]', tags: '[TagFilter!]', first: 'Int', after: 'String', sort: 'SortOrder' } as const;
const FIELDS = 'id anchor signature recipient owner { address key } data { size } tags { name value } block { height } bundledIn { id }';

/**
 * Gateways name the owner of every item by the SHA-256 of its key, networks the owner of an Ethereum key by its 0x
 * address. From that address the other cannot be told: such owners are found by their keys, here.
 */
function askable(query: ItemQuery): ItemQuery {
  const { owners, ...rest } = query;
  return owners === undefined || owners.some((owner) => owner.startsWith('0x')) ? rest : query;
}

function addressOf(key: string, named: string): Address {
  const owner = Buffer.from(key, 'base64url');
  if (owner.length === 65) return addressOfOwner({ type: 3, owner });
  return owner.length === 512 ? addressOfOwner({ type: 1, owner }) : named;
}

/**
 * What the gateway's GraphQL index has, newest first. Entries that do not answer the question are dropped: an index may
 * be wrong, and is not trusted to filter.
 */
export async function* findItems(gateway: Gateway, query: ItemQuery, signal?: AbortSignal): AsyncIterable<IndexEntry> {
  const seen = new Set<Id>();
  for (let after: string | undefined; ;) {
    const { entries, next } = await askPage(gateway, askable(query), after, signal);
    for (const entry of entries) {
      // Items that move into a block while pages are read show up on two of them.
      if (seen.has(entry.id) || !answers(query, entry)) continue;
      seen.add(entry.id);
      yield entry;
    }
    if (next === undefined || next === after) return;
    after = next;
  }
}

function answers({ ids, owners, tags = [] }: ItemQuery, entry: FoundItem): boolean {
  return (ids?.includes(entry.id) ?? true) && (owners?.includes(entry.owner) ?? true) &&
    tags.every((tag) => entry.tags.some(({ name, value }) => name === tag.name && tag.values.includes(value)));
}

function askPage(gateway: Gateway, query: ItemQuery, after: string | undefined, signal?: AbortSignal) {
  const variables = { ...query, first: PAGE, sort: 'HEIGHT_DESC', ...(after === undefined ? {} : { after }) };
  const names = Object.keys(variables) as (keyof typeof ARGUMENTS)[];
  const text = `query(${names.map((name) => `$${name}: ${ARGUMENTS[name]}`).join(', ')}) { ` +
    `transactions(${names.map((name) => `${name}: $${name}`).join(', ')}) { pageInfo { hasNextPage } edges { cursor node { ${FIELDS} } } } }`;
  const body = new TextEncoder().encode(JSON.stringify({ query: text, variables }));
  return gateway.ask({ method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json' }, body }, (reply) => {
    if (reply.status !== 200) throw refused(gateway.url, '/graphql', reply);
    return readPage(gateway.url, reply.body);
  }, signal);
}

interface Page {
  entries: IndexEntry[];
  next?: string;
}

interface Answer {
  data?: { transactions?: { pageInfo?: { hasNextPage?: boolean }; edges?: { cursor?: unknown; node: Node }[] } };
  errors?: { message?: unknown }[];
}

interface Node {
  id: unknown; anchor?: unknown; signature?: unknown; recipient?: unknown;
  owner: { address: unknown; key?: unknown }; tags: { name: unknown; value: unknown }[];
  data?: { size?: unknown } | null; block?: { height: unknown } | null; bundledIn?: { id?: unknown } | null;
}

function readPage(url: string, body: Buffer): Page {
  try {
    const { data, errors = [] } = JSON.parse(body.toString('utf8')) as Answer;
    const { edges, pageInfo } = data?.transactions ?? {};
    if (edges === undefined) throw new TypeError(errors.map(({ message }) => String(message)).join('; ').slice(0, 200) || 'no transactions');
    const last = edges.at(-1)?.cursor;
    return { entries: edges.map(({ node }) => entryOf(node)), ...(pageInfo?.hasNextPage === true && typeof last === 'string' ? { next: last } : {}) };
  } catch (cause) {
    throw new Fault('ao/bad-answer', `${url}/graphql answered with something else than a page of items: ${(cause as Error).message}`, { retryable: true, cause });
  }
}

function entryOf({ id, anchor, signature, recipient, owner, tags, data, block, bundledIn }: Node): IndexEntry {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  if (!/^[\w-]{43}$/.test(text(id))) throw new TypeError('an item without an id');
  return {
    id: text(id), owner: addressOf(text(owner.key), text(owner.address)), ownerKey: text(owner.key), signature: text(signature), target: text(recipient), anchor: text(anchor),
    tags: tags.map(({ name, value }) => ({ name: text(name), value: text(value) })),
    ...(/^\d{1,15}$/.test(String(data?.size)) ? { sizeBytes: Number(data?.size) } : {}),
    ...(typeof block?.height === 'number' ? { height: block.height } : {}),
    ...(typeof bundledIn?.id === 'string' ? { bundledIn: bundledIn.id } : {}),
  };
}
