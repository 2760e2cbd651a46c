import { refusal } from '../answer-fault.ts';

/** `compute=7`, `push&slot=3`, `<id>~process@1.0`: a key, perhaps a value, a device and parameters of its own. */
export interface Segment {
  key: string;
  value?: string;
  device?: string;
  params: Record<string, string>;
}

export interface RequestPath {
  segments: Segment[];
  /** Parameters of the query. */
  query: Record<string, string>;
}

const MAX_SEGMENT_BYTES = 512;
/** Players post to the same few paths over and over; taking one apart costs as much as parsing the item. */
const MAX_KNOWN = 1024;
const LONGEST_KNOWN = 128;
const known = new Map<string, RequestPath>();

/**
 * Reads a HyperBEAM path. The answer is shared: never change it.
 * @throws Fault with status 400 when a segment is longer than 512 bytes or badly escaped.
 */
export function parsePath(url: string): RequestPath {
  const before = known.get(url);
  if (before) return before;
  const path = readPath(url);
  if (url.length <= LONGEST_KNOWN) {
    if (known.size >= MAX_KNOWN) known.delete(known.keys().next().value as string);
    known.set(url, path);
  }
  return path;
}

function readPath(url: string): RequestPath {
  const [path = '', query = ''] = url.split('?', 2);
  return {
    segments: path.split('/').filter((part) => part !== '').map(parseSegment),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

function parseSegment(raw: string): Segment {
  if (raw.length > MAX_SEGMENT_BYTES) throw refusal(400, 'ao/bad-path', 'segment_too_long');
  const [head = '', ...parts] = decode(raw).split('&');
  const [name = '', value] = splitOnce(head, '=');
  const [key = '', device] = splitOnce(name, '~');
  return {
    key,
    ...(value === undefined ? {} : { value }),
    ...(device === undefined ? {} : { device }),
    params: Object.fromEntries(parts.map((part) => splitOnce(part, '=')).map(([param = '', text = '']) => [param.replace(/\+integer$/, ''), text])),
  };
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    throw refusal(400, 'ao/bad-path', 'the path is badly escaped');
  }
}
