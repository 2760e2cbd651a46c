import { emptyRecord, split } from '@beamline/ecs';
import type { Envelope } from './envelope.ts';
import { readInteger } from './integer.ts';
import { escapeText, find, unescapeText } from '#target';

/*
 * Messages as printable ASCII. One message is
 *   id ; from ; 1 when `from` is a process, else 0 ; timestamp ; slot ; tags ; data
 * with tags as `name=value` joined by `&`, every part percent-escaped, and messages joined by `|`.
 */

/** Tags in no particular order: Lua keeps none. */
export function packTags(tags: Readonly<Record<string, string>>): string {
  const parts: string[] = [];
  let count = 0;
  for (const name in tags) {
    parts[count] = `${escapeText(name)}=${escapeText(tags[name]!)}`;
    count = count + 1;
  }
  return parts.join('&');
}

export function unpackTags(text: string): Record<string, string> {
  const tags = emptyRecord<string>();
  for (const part of split(text, '&')) {
    const equals = find(part, '=', 0);
    if (equals > 0) tags[unescapeText(part.substring(0, equals))] = unescapeText(part.substring(equals + 1));
  }
  return tags;
}

export function packEnvelope({ id, from, fromProcess, timestamp, slot, tags, data }: Envelope): string {
  const sender = `${escapeText(id)};${escapeText(from)};${fromProcess ? 1 : 0}`;
  return `${sender};${timestamp};${slot};${packTags(tags)};${escapeText(data)}`;
}

/** @throws 'kernel/bad-replay: …' */
export function unpackEnvelope(text: string): Envelope {
  const parts = split(text, ';');
  const timestamp = readInteger(parts[3]);
  const slot = readInteger(parts[4]);
  if (parts.length !== 7 || timestamp === undefined || slot === undefined) {
    throw 'kernel/bad-replay: id;from;process;timestamp;slot;tags;data';
  }
  return {
    id: unescapeText(parts[0]!), from: unescapeText(parts[1]!), fromProcess: parts[2] === '1',
    timestamp, slot, tags: unpackTags(parts[5]!), data: unescapeText(parts[6]!),
  };
}
