import type { AoMap, AoValue, Tag } from '@beamline/core';
import type { ComputedSlot } from '../recent.ts';
import { mapOf } from './scheduled.ts';

/** What legacynet's CU answers for a message. */
export interface AosResult {
  Output: AoMap;
  Messages: { Target: string; Data: string; Anchor: string; Tags: Tag[] }[];
  Spawns: never[];
  Assignments: never[];
  GasUsed: number;
  Error?: string;
}

const ANCHOR = '0'.repeat(32);

/**
 * A slot of a raw `lua@5.3a` process as aos would have answered it: the outbox as messages; output, chunks and health
 * in `Output`, where the kernel's own aos host puts them.
 */
export function aosResult({ results, state }: Pick<ComputedSlot, 'results' | 'state'>): AosResult {
  const { output, outbox, chunks } = results ?? {};
  const shown: AoMap = typeof output === 'object' ? { ...mapOf(output) } : output === undefined ? {} : { data: output };
  if (typeof state['health'] === 'object') shown['health'] = state['health'];
  const entries = Array.isArray(outbox) ? outbox : Object.values(mapOf(outbox));
  return {
    Output: { ...shown, ...mapOf(chunks) },
    Messages: entries.map((entry, i) => aosMessage(mapOf(entry), i + 1)),
    Spawns: [],
    Assignments: [],
    GasUsed: 0,
  };
}

export function failedResult(error: string): AosResult {
  return { Output: {}, Messages: [], Spawns: [], Assignments: [], GasUsed: 0, Error: error };
}

function aosMessage(entry: AoMap, number: number) {
  const { target = '', data = '', seq = number, ...tags } = entry;
  return {
    Target: String(target),
    Data: String(data),
    Anchor: (ANCHOR + String(seq)).slice(-32),
    Tags: Object.entries({ ...tags, ...('seq' in entry ? { seq } : {}) }).filter(isPlain).map(([name, value]) => ({ name, value: String(value) })),
  };
}

function isPlain([, value]: [string, AoValue]): boolean {
  return typeof value !== 'object';
}
