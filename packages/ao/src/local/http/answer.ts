import { hash } from 'node:crypto';
import type { AoMap, AoValue } from '@beamline/core';
import { bytesOfText } from '@beamline/vm';

/** What a route found; how it is written depends on what the client asked for. */
export interface Answer {
  status: number;
  /** A message or one of its keys; `undefined` gives the default page. */
  value?: AoValue;
  headers?: Record<string, string | number>;
  /** Set when the value is text of its own kind, written as it is. */
  contentType?: string;
}

/** How a client wants its answer, from query, headers, or the tags of the item it sent. */
export interface AnswerForm {
  json: boolean;
  /** Nested values inside the JSON, rather than as `<key>+link`. */
  bundle: boolean;
}

export interface WrittenAnswer {
  status: number;
  headers: Record<string, string | number>;
  /** Text is written together with the headers, in one system call. */
  body: Uint8Array | string;
  /** A header that breaks HTTP, as a node sends when an error's text has line breaks: strict parsers refuse the answer. */
  brokenHeader?: string;
}

/** Nested values that were answered as links, by id. */
export type Links = Map<string, AoMap>;

const MAX_LINKS = 4096;

export function writeAnswer({ status, value, headers = {}, contentType }: Answer, form: AnswerForm, links: Links): WrittenAnswer {
  if (contentType !== undefined) {
    return { status, headers: { ...headers, 'content-type': contentType }, body: String(value) };
  }
  if (form.json) {
    const isMessage = typeof value === 'object' && !Array.isArray(value);
    const shown: AoMap = isMessage ? { ...value, status } : { ...(value === undefined ? {} : { 'ao-result': 'body', body: value }), status };
    const plain = JSON.stringify(form.bundle ? shown : linked(shown, links));
    const json = /:(true|false)[,}]/.test(plain) ? JSON.stringify(withTypes(JSON.parse(plain) as AoMap)) : plain;
    // Bytes that are no text cannot go into JSON; the node's encoder crashes on them.
    if (/\\u(00[01]|d[c-f])/.test(json) && hasRawBytes(shown)) return crashed(headers);
    return { status, headers: { ...headers, 'content-type': 'application/json' }, body: json };
  }
  if (value === undefined || typeof value === 'object') {
    return { status, headers: { ...headers, 'content-type': 'text/html' }, body: page(status) };
  }
  return { status, headers, body: typeof value === 'string' ? bytesOfText(value) : Buffer.from(String(value)) };
}

/** Booleans have no form of their own in a node's JSON: they are text, and `ao-types` says so. */
function withTypes(message: AoMap): AoMap {
  const atoms = Object.entries(message).filter(([, value]) => typeof value === 'boolean').map(([key]) => `${key}="atom"`);
  const entries = Object.entries(message).map(([key, value]): [string, AoValue] => [key, textOf(value)]);
  return { ...(atoms.length > 0 ? { 'ao-types': atoms.join(', ') } : {}), ...Object.fromEntries(entries) };
}

function textOf(value: AoValue): AoValue {
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(textOf);
  return typeof value === 'object' ? withTypes(value) : value;
}

function linked(message: AoMap, links: Links): AoMap {
  return Object.fromEntries(
    Object.entries(message).map(([key, value]) => {
      if (typeof value !== 'object') return [key, value];
      const nested = Array.isArray(value) ? Object.fromEntries(value.map((item, i) => [String(i + 1), item])) : value;
      const id = hash('sha256', JSON.stringify(nested), 'base64url');
      links.set(id, nested);
      if (links.size > MAX_LINKS) links.delete(links.keys().next().value as string);
      return [`${key}+link`, id];
    }),
  );
}

/** Text with bytes that are no UTF-8 (lone surrogates, see `@beamline/vm`) or with control characters other than blanks. */
function hasRawBytes(value: AoValue): boolean {
  if (typeof value === 'string') return !value.isWellFormed() || /[\0-\x08\x0b\x0c\x0e-\x1f]/.test(value);
  return typeof value === 'object' && Object.values(value).some((inner) => hasRawBytes(inner as AoValue));
}

function crashed(headers: Record<string, string | number>): WrittenAnswer {
  return { status: 500, headers: { ...headers, 'content-type': 'application/json' }, body: '{"status":500}', brokenHeader: 'details: {badarg,\n  [{json,encode,2}]}' };
}

function page(status: number): Buffer {
  const title = status < 400 ? 'HyperBEAM' : `Error ${status}`;
  return Buffer.from(
    `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
  );
}
