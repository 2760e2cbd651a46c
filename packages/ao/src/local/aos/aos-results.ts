import type { AoMap, AoValue } from '@beamline/core';
import type { AosHandled, AosResult, Computed } from '@beamline/vm';
import { mapOf } from '../legacy/scheduled.ts';

/** What legacynet's compute unit answers for a message. */
export interface AosAnswer extends AosResult {
  Error?: string;
}

/**
 * A slot of an aos process as the node keeps it: the answer as JSON under `json/body`, where a node's
 * `genesis-wasm@1.0` has it, beside the output and what is to be delivered. A message that failed has its slot and an
 * error; the process goes on as it was before.
 */
export function computedOf(handled: AosHandled): Computed & { ok: true } {
  const answer: AosAnswer = handled.ok ? handled.result : { Output: {}, Messages: [], Spawns: [], Assignments: [], Error: handled.message };
  const { Output, Messages, Error } = answer;
  const results: AoMap = {
    json: { 'content-type': 'application/json', body: JSON.stringify(answer) },
    output: typeof Output === 'object' && !Array.isArray(Output) ? withoutColours(Output) : Array.isArray(Output) ? {} : { data: Output },
    outbox: Object.fromEntries(Messages.map((message, i) => [String(i + 1), outboxEntry(message)])),
    ...(Error === undefined ? {} : { error: Error }),
  };
  return { ok: true, results, changed: {}, removed: [], ms: handled.ok ? handled.ms : 0 };
}

/** The answer in the results of a slot; `undefined` for a process that runs no aos module. */
export function aosAnswerOf(results: AoMap | undefined): AosAnswer | undefined {
  const body = mapOf(results?.['json'])['body'];
  if (typeof body !== 'string') return undefined;
  try {
    // A Lua process may have a key of that name, too.
    const answer = JSON.parse(body) as AosAnswer;
    return Array.isArray(answer?.Messages) && Array.isArray(answer.Spawns) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** aos colours its prompt; a node's JSON cannot carry the escapes. The answer under `json/body` has them. */
function withoutColours(output: AoMap): AoMap {
  return Object.fromEntries(Object.entries(output).map(([key, value]) => [key, typeof value === 'string' ? value.replaceAll(/\x1b\[\d*m/g, '') : value]));
}

/** Tags as keys, as a node shows what a process sends. */
function outboxEntry(message: AoMap): AoMap {
  const { Target = '', Data = '', Anchor = '', Tags } = message;
  return { ...tagMap(Tags), target: String(Target), data: String(Data), anchor: String(Anchor) };
}

function tagMap(tags: AoValue | undefined): AoMap {
  return Object.fromEntries((Array.isArray(tags) ? tags.map(mapOf) : []).map(({ name, value }) => [String(name).toLowerCase(), String(value)]));
}
