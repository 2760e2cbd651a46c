import type { IncomingMessage } from 'node:http';
import type { ParsedItem } from '../../ans104/parse.ts';
import { parseItem } from '../../ans104/parse.ts';
import { verifyItem } from '../../ans104/verify.ts';
import { refusal } from '../answer-fault.ts';
import type { AnswerForm } from './answer.ts';
import type { RequestPath, Segment } from './path.ts';

/** One request, as routes see it. */
export interface LocalRequest {
  method: string;
  url: string;
  path: RequestPath;
  headers: IncomingMessage['headers'];
  body: Buffer;
  /** The verified item in the body, if there is one. */
  item?: ParsedItem;
}

/**
 * The signed item in a body, verified.
 * @param isAlone no other request is under way.
 * @throws Fault with status 400: nothing unsigned, altered or malformed gets past here.
 */
export async function readItem(headers: IncomingMessage['headers'], body: Buffer, isAlone = false): Promise<ParsedItem | undefined> {
  const codec = headers['codec-device'];
  if (codec !== 'ans104@1.0' && headers['content-type'] !== 'application/ans104') return undefined;
  const item = parseItem(body);
  if (!(await verifyItem(item, isAlone))) throw refusal(400, 'ao/bad-signature', 'Message is not valid.');
  return item;
}

/** The last of several: a tag of the item, a header, the query. */
export function formOf({ path, headers }: Pick<LocalRequest, 'path' | 'headers'>, item?: ParsedItem): AnswerForm {
  const wish = (name: string) =>
    path.query[name] ?? text(headers[name]) ?? item?.tags.find((tag) => tag.name.toLowerCase() === name)?.value;
  const codec = wish('require-codec') ?? path.query['accept'] ?? text(headers['accept']) ?? '';
  return { json: /application\/json|json@1\.0/.test(codec), bundle: wish('accept-bundle') === 'true' };
}

/** A parameter of the segment itself, or else of the query. */
export function paramOf({ path }: LocalRequest, segment: Segment | undefined, name: string): string | undefined {
  return segment?.params[name] ?? path.query[name] ?? path.query[`${name}+integer`];
}

/** @throws Fault with status 400 when the text is no slot. */
export function slotOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw refusal(400, 'ao/bad-slot', `"${text.slice(0, 40)}" is not a slot`);
  return Number(text);
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
