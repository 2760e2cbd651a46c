import { emptyRecord, split } from '@beamline/ecs';
import { createEnvelope, type Envelope } from './envelope.ts';
import { readInteger } from './integer.ts';
import { escapeText, sortTexts, unescapeText } from '#target';

/*
 * Messages as printable ASCII. One message is
 *   id ; from ; 1 when `from` is a process, else 0 ; timestamp ; slot ; tags ; data
 * with tags as `name=value` joined by `&`, every part percent-escaped, and messages joined by `|`.
 */

/** Sorted, so that equal tags are equal texts. */
export function packTags(tags: Readonly<Record<string, string>>): string {
  const parts: string[] = [];
  let count = 0;
  // beamline-disable-next-line key-order: the texts are sorted below.
  for (const name in tags) {
    parts[count] = `${escapeText(name)}=${escapeText(tags[name]!)}`;
    count = count + 1;
  }
  // Lua gives keys in another order each time, and every replica must answer alike.
  sortTexts(parts);
  return parts.join('&');
}

export function unpackTags(text: string): Record<string, string> {
  const tags = emptyRecord<string>();
  for (const pair of split(text, '&')) {
    const [name, value] = split(pair, '=');
    if (name !== '' && value !== undefined) tags[unescapeText(name!)] = unescapeText(value);
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
    throw 'kernel/bad-replay: 7 fields';
  }
  const [id, from, process, , , tags, data] = parts as [string, string, string, string, string, string, string];
  return createEnvelope(unescapeText(id), unescapeText(from), process === '1', unescapeText(data), unpackTags(tags), timestamp, slot);
}
