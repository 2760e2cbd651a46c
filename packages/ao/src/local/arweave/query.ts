import type { Tag } from '@beamline/core';
import { refusal } from '../answer-fault.ts';
import type { Archive, ArchivedItem } from './archive.ts';

/** Arguments of GraphQL's `transactions`, as variables carry them. */
interface Wanted {
  ids?: string[];
  owners?: string[];
  tags: { name: string; values: string[] }[];
  first: number;
  after?: string;
  oldestFirst: boolean;
}

const KNOWN = new Set(['ids', 'owners', 'tags', 'first', 'after', 'sort']);
const MOST = 100;

/**
 * `transactions(ids, owners, tags, first, after, sort)` over the archive, newest first. Arguments are read from the
 * variables alone: a query that writes them into its text would be answered with everything, so it is refused.
 */
export function answerQuery(archive: Archive, query: string, variables: Record<string, unknown>): unknown {
  if (/(?<!\$)\b(ids|owners|tags|recipients|block|first|after|sort)\s*:\s*[^$\s]/.test(query)) {
    throw refusal(400, 'ao/bad-query', 'this gateway reads arguments from variables only');
  }
  const { ids, owners, tags, first, after, oldestFirst } = wantedOf(variables);
  const matching = archive.items().filter((item) =>
    (ids === undefined || ids.includes(item.id)) && (owners === undefined || owners.includes(item.owner)) && tags.every((tag) => hasTag(item.tags, tag)));
  if (!oldestFirst) matching.reverse();
  const from = after === undefined ? 0 : matching.findIndex(({ id }) => id === after) + 1;
  const page = matching.slice(from, from + first);
  return {
    data: {
      transactions: {
        pageInfo: { hasNextPage: from + page.length < matching.length },
        edges: page.map((item) => ({ cursor: item.id, node: nodeOf(archive, item) })),
      },
    },
  };
}

function nodeOf(archive: Archive, { id, owner, ownerKey, signature, target, anchor, tags, dataBytes, height }: ArchivedItem) {
  const mined = height <= archive.height();
  const type = tags.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? null;
  return {
    id, anchor, signature, recipient: target, owner: { address: owner, key: ownerKey }, tags,
    data: { size: String(dataBytes), type },
    block: mined ? { id: `block-${height}`, height, timestamp: Math.floor(archive.minedAt(height) / 1000) } : null,
    bundledIn: null,
  };
}

function hasTag(tags: readonly Tag[], wanted: { name: string; values: string[] }): boolean {
  return tags.some(({ name, value }) => name === wanted.name && wanted.values.includes(value));
}

function wantedOf(variables: Record<string, unknown>): Wanted {
  for (const name of Object.keys(variables)) if (!KNOWN.has(name)) throw refusal(400, 'ao/bad-query', `unknown argument ${name.slice(0, 40)}`);
  const { ids, owners, tags = [], first = 10, after, sort = 'HEIGHT_DESC' } = variables;
  return {
    ...(ids === undefined ? {} : { ids: texts(ids) }),
    ...(owners === undefined ? {} : { owners: texts(owners) }),
    tags: (Array.isArray(tags) ? tags : [tags]).map((tag: { name?: unknown; values?: unknown; op?: unknown } | null) => {
      if (typeof tag !== 'object' || tag === null) throw refusal(400, 'ao/bad-query', 'a tag has a name and values');
      if (tag.op !== undefined && tag.op !== 'EQ') throw refusal(400, 'ao/bad-query', 'only tags that are equal can be asked for');
      return { name: String(tag.name), values: texts(tag.values) };
    }),
    first: Math.max(1, Math.min(Number(first) || 10, MOST)),
    ...(typeof after === 'string' ? { after } : {}),
    oldestFirst: sort === 'HEIGHT_ASC',
  };
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}
