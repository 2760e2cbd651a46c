import { hash } from 'node:crypto';
import type { AoMap, AoValue } from '@beamline/core';
import { bytesOfText } from '@beamline/vm';
import { hmacId } from './commitment.ts';

/** A message as HTTP fields: sorted names, values as they are signed. */
export interface EncodedMessage {
  fields: [name: string, value: string][];
  /** The keys of the message that these fields stand for, as a commitment lists them. */
  committed: string[];
}

/**
 * Lays a message out as `httpsig@1.0` does: `body` (or `data`) becomes a content-digest, numbers get their types into
 * `ao-types`, nested values become `<key>+link` with the id of the nested message. `links` gives ids already known.
 * Checked against signatures of a real node.
 */
export function encodeMessage(message: AoMap, links: Readonly<Record<string, string>> = {}): EncodedMessage {
  const fields: [string, string][] = [];
  const types: string[] = [];
  const inline = 'body' in message && typeof message['body'] === 'string' ? 'body' : 'data';

  for (const [key, value] of Object.entries(message)) {
    if (key === 'commitments') continue;
    const type = typeName(value);
    if (type) types.push(`${key}="${type}"`);
    if (typeof value === 'object') fields.push([`${key}+link`, links[key] ?? hmacId(asMap(value))]);
    else if (key === inline) {
      if (key !== 'body') fields.push(['ao-body-key', key]);
      fields.push(['content-digest', `sha-256=:${hash('sha256', bytesOfText(String(value)), 'base64')}:`]);
    } else fields.push([key, String(value)]);
  }
  if (types.length > 0) fields.push(['ao-types', types.sort().join(', ')]);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));

  const committed = fields
    .map(([name]) => (name === 'content-digest' ? inline : name.replace(/\+link$/, '')))
    .filter((name) => name !== 'ao-body-key');
  return { fields, committed };
}

function typeName(value: AoValue): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  if (typeof value === 'boolean') return 'atom';
  return Array.isArray(value) ? 'list' : undefined;
}

function asMap(value: AoValue[] | AoMap): AoMap {
  return Array.isArray(value) ? Object.fromEntries(value.map((item, i) => [String(i + 1), item])) : value;
}
