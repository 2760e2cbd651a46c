import { Fault } from '@beamline/core';
import type { AoMap, AoValue } from '@beamline/core';
import { JSON_QUERY, type Reader } from './reader.ts';
import { jsonOf } from './wire.ts';

const LINK = '+link';
const MAX_LINKS = 1_000;

/**
 * Puts the values in place of `<key>+link` ids, which a node gives where it does not bundle.
 * @throws Fault `ao/bad-answer` for more than 1,000 of them, `ao/no-link` for one the node does not have.
 */
export async function resolveLinks(reader: Reader, json: AoMap, signal?: AbortSignal): Promise<AoMap> {
  let followed = 0;

  const follow = async (id: string): Promise<AoMap> => {
    followed += 1;
    if (followed > MAX_LINKS) throw new Fault('ao/bad-answer', `the node answered with more than ${MAX_LINKS} links`);
    const path = `/${id}?${JSON_QUERY}`;
    const linked = await reader.confirm(path, (reply) => jsonOf(reply, path), signal);
    if (linked === undefined) throw new Fault('ao/no-link', `the node links to ${id}, which it does not have`, { details: { id } });
    const { commitments: _commitments, 'ao-types': _types, status: _status, ...value } = linked;
    return inside(value);
  };

  const inside = async (map: AoMap): Promise<AoMap> => {
    const entries: [string, AoValue][] = [];
    for (const [key, value] of Object.entries(map)) {
      const isLink = key.endsWith(LINK) && typeof value === 'string' && /^[\w-]{43}$/.test(value);
      if (isLink) entries.push([key.slice(0, -LINK.length), await follow(value)]);
      else if (typeof value === 'object' && value !== null && !Array.isArray(value)) entries.push([key, await inside(value)]);
      else entries.push([key, value]);
    }
    return Object.fromEntries(entries);
  };

  // Most answers have none, and may be megabytes.
  return hasLinks(json) ? inside(json) : json;
}

function hasLinks(map: AoMap): boolean {
  return Object.entries(map).some(([key, value]) =>
    key.endsWith(LINK) || (typeof value === 'object' && value !== null && !Array.isArray(value) && hasLinks(value)));
}
