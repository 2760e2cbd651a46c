import { Fault, isFault } from '@beamline/core';
import type { AoMap, Delivery, ProcessId, Slot } from '@beamline/core';
import { JSON_QUERY, type Reader } from './reader.ts';
import { jsonOf, outputOf } from './wire.ts';

/**
 * Reads the result of a message that has its slot, but whose answer is lost; a process that is stuck has none.
 * @throws Fault `ao/unreachable` with the slot in its details.
 */
export async function outcomeAt(reader: Reader, process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<Delivery> {
  const results = `/${process}~process@1.0/compute=${slot}/results`;
  try {
    const json = await resultsAt(reader, process, slot, signal);
    if (json) return { outcome: 'computed', slot, output: outputOf(json) };
    // Results with bytes that are no text cannot be had as JSON, but one by one.
    const text = await reader.confirm(`${results}/output/data`, (reply) => reply.body.toString('utf8'), signal);
    if (text !== undefined) return { outcome: 'computed', slot, output: { data: text } };
    return { outcome: 'scheduled', slot, detail: `slot ${slot} is in the schedule, but the node has no result for it` };
  } catch (error) {
    if (!isFault(error)) throw error;
    // A process in an endless loop never answers.
    if (error.details['reason'] === 'timeout') {
      return { outcome: 'scheduled', slot, detail: `slot ${slot} is in the schedule, but its result did not come in time` };
    }
    throw new Fault(error.code, `slot ${slot} of ${process} is in the schedule, but its result cannot be read: ${error.message}`, {
      hint: 'Read the result later: result(process, slot).',
      retryable: error.retryable,
      details: { ...error.details, process, slot },
      cause: error,
    });
  }
}

/** `results` of a slot as the node shows them; `undefined` when it has none. */
export function resultsAt(reader: Reader, process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<AoMap | undefined> {
  const path = `/${process}~process@1.0/compute=${slot}/results?${JSON_QUERY}`;
  return reader.confirm(path, (reply) => jsonOf(reply, path), signal);
}
