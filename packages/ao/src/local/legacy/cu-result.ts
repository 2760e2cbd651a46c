import type { AoMap, AoValue } from '@beamline/core';
import { aosAnswerOf, type AosAnswer } from '../aos/aos-results.ts';
import type { ComputedSlot } from '../recent.ts';
import { mapOf } from './scheduled.ts';

/** What legacynet's CU answers for a message. */
export interface CuResult extends AosAnswer {
  GasUsed: number;
}

const ANCHOR = '0'.repeat(32);

/**
 * A slot as legacynet's CU answers it. An aos process's own answer; of a raw `lua@5.3a` process what aos would have
 * answered: the outbox as messages; output, chunks and health in `Output`, where the kernel's own aos host puts them.
 */
export function resultOf({ results, state }: Pick<ComputedSlot, 'results' | 'state'>): CuResult {
  const answer = aosAnswerOf(results);
  if (answer) return { ...answer, GasUsed: 0 };
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

export function failedResult(error: string): CuResult {
  return { Output: {}, Messages: [], Spawns: [], Assignments: [], GasUsed: 0, Error: error };
}

function aosMessage(entry: AoMap, number: number): AoMap {
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
