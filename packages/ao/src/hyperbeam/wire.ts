import { Fault } from '@beamline/core';
import type { AoMap, AoValue, Output } from '@beamline/core';
import type { Reply } from './exchange.ts';

/** Keys that a node adds around what was asked for. */
const WRAPPING = new Set(['ao-types', 'body', 'commitments', 'device', 'status']);

/** @throws Fault `ao/bad-answer` when a node said something else than JSON, an error page for instance. */
export function jsonOf(reply: Reply, path: string): AoMap {
  try {
    const value: unknown = JSON.parse(reply.body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && isShallow(value)) return value as AoMap;
  } catch {
    // told below
  }
  throw badAnswer(path, reply.status, 'something that is no JSON object');
}

// Deeper than anything a process makes on a node, and far from the end of the stack.
const MAX_DEPTH = 200;

function isShallow(value: object, depth = 0): boolean {
  if (depth > MAX_DEPTH) return false;
  return Object.values(value).every((inner) => typeof inner !== 'object' || inner === null || isShallow(inner as object, depth + 1));
}

/** An answer that makes no sense; the next may. */
export function badAnswer(path: string, status: number, what: string): Fault {
  return new Fault('ao/bad-answer', `the node answered ${path} with ${what}`, { details: { status, path }, retryable: true });
}

/** A key's value: plain values come wrapped as `body`, messages with commitments and types beside their keys. */
export function valueOf(json: AoMap): AoValue | undefined {
  if (json['body'] === null) return undefined;
  if ('body' in json && Object.keys(json).every((key) => WRAPPING.has(key))) return plain(json['body'] as AoValue);
  const { commitments: _commitments, 'ao-types': _types, ...rest } = json;
  return plain(rest);
}

// luerl prints every float with twenty decimals, so nothing else looks like one: 6.00000000000000000000e+00
const LUERL_FLOAT = /^-?\d\.\d{20}e[+-]\d{2,3}$/;

/** What a process made: lists are lists, and floats, which arrive as text, are numbers. */
export function plain(value: AoValue): AoValue {
  return withLists(value, (text) => (LUERL_FLOAT.test(text) ? Number(text) : text));
}

/** Objects with the keys 1 … n are lists; `null`s, which AO does not have, are left out. */
export function withLists(value: AoValue, ofText: (text: string) => AoValue = (text) => text): AoValue {
  if (typeof value === 'string') return ofText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.filter((inner) => inner !== null).map((inner) => withLists(inner, ofText));
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  if (entries.length > 0 && entries.every((_, i) => Object.hasOwn(value, String(i + 1)))) {
    return entries.map((_, i) => withLists(value[String(i + 1)] as AoValue, ofText));
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, withLists(inner, ofText)]));
}

/** `results.output`, flat: nested values as JSON. */
export function outputOf(results: AoMap): Output {
  const output = results['output'];
  if (output === undefined || output === null) return {};
  if (typeof output !== 'object') return { data: typeof output === 'boolean' ? String(output) : output };
  // A list's keys are its positions, from 1 as in Lua.
  const entries = Array.isArray(output) ? output.map((value, i): [string, AoValue] => [String(i + 1), value]) : Object.entries(output);
  return Object.fromEntries(
    entries
      .filter(([key, value]) => key !== 'commitments' && value !== null)
      .map(([key, value]) => [key, plain(value)] as const)
      .map(([key, value]) => [key, typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)]),
  );
}

/** Names of outbox entries that a push answer reports as failed, inside a 200. */
export function undeliveredOf(answer: AoMap): string[] {
  return Object.entries(answer)
    .filter(([, entry]) => typeof entry === 'object' && entry !== null && !Array.isArray(entry) && entry['response'] === 'error')
    .map(([name]) => name);
}

/** A number read raw. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  return /^-?\d+$/.test(trimmed) || LUERL_FLOAT.test(trimmed) ? Number(trimmed) : undefined;
}
