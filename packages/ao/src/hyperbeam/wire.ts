import { Fault } from '@beamline/core';
import type { AoMap, AoValue, Output } from '@beamline/core';
import type { Reply } from './exchange.ts';

/** Keys that a node adds around what was asked for. */
const WRAPPING = new Set(['ao-result', 'ao-types', 'body', 'commitments', 'device', 'status']);

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

/** A key's value: plain values come wrapped as `body`, messages with commitments, types and the answer's status beside their keys. */
export function valueOf(json: AoMap, status: number): AoValue | undefined {
  if (json['body'] === null) return undefined;
  const value = plain(json) as AoMap;
  if ('body' in value && Object.keys(value).every((key) => WRAPPING.has(key))) return value['body'];
  const { commitments: _commitments, 'ao-result': _result, status: shown, ...rest } = value;
  return withLists(shown === undefined || shown === status ? rest : { ...rest, status: shown });
}

// Nodes that print floats in luerl's own way use twenty decimals, so nothing else looks like one: 6.00000000000000000000e+00
const LUERL_FLOAT = /^-?\d\.\d{20}e[+-]\d{2,3}$/;

/** What a process made: lists are lists, booleans and floats, which may arrive as text, are themselves. */
export function plain(value: AoValue): AoValue {
  if (typeof value === 'string') return LUERL_FLOAT.test(value) ? Number(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.filter((inner) => inner !== null).map(plain);
  const { 'ao-types': _types, ...rest } = withAtoms(value);
  return withLists(Object.fromEntries(Object.entries(rest).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, plain(inner)])));
}

/** Booleans are text in JSON, marked in `ao-types`: `t="atom", n="integer"`. */
function withAtoms(map: AoMap): AoMap {
  const types = map['ao-types'];
  if (typeof types !== 'string' || !types.includes('="atom"')) return map;
  const atoms = [...types.matchAll(/([^\s,="]+)="atom"/g)].map(([, key]) => key as string);
  const booleans = atoms.filter((key) => map[key] === 'true' || map[key] === 'false').map((key) => [key, map[key] === 'true'] as const);
  return { ...map, ...Object.fromEntries(booleans) };
}

/** What Lua got: objects with the keys 1 … n are lists, booleans are booleans; `null`s, which AO does not have, are left out. */
export function withLists(value: AoValue): AoValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.filter((inner) => inner !== null).map(withLists);
  const map = withAtoms(value);
  const entries = Object.entries(map).filter(([, inner]) => inner !== null);
  if (entries.length > 0 && entries.every((_, i) => Object.hasOwn(map, String(i + 1)))) {
    return entries.map((_, i) => withLists(map[String(i + 1)] as AoValue));
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, withLists(inner)]));
}

/** `results.output`, flat: nested values as JSON. */
export function outputOf(results: AoMap): Output {
  const output = results['output'];
  if (output === undefined || output === null) return {};
  if (typeof output !== 'object') return { data: typeof output === 'boolean' ? String(output) : output };
  // A list's keys are its positions, from 1 as in Lua.
  const entries = Array.isArray(output) ? output.map((value, i): [string, AoValue] => [String(i + 1), value]) : Object.entries(withAtoms(output));
  return Object.fromEntries(
    entries
      .filter(([key, value]) => key !== 'commitments' && key !== 'ao-types' && value !== null)
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
