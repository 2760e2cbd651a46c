import type { AoMap, AoNetwork, Assignment, ProcessId, Slot } from '@beamline/core';

/** More is read again when it is needed. */
const MOST_ASSIGNMENTS = 20_000;
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** A network of which the end of one schedule, once read, is given from memory: reading 10,000 messages takes a node a second. */
export interface RememberedSchedule extends Pick<AoNetwork, 'schedule'> {
  /** The whole schedule, from the network; what comes after the slot asked for stays in memory, unless it is too much. */
  read(signal?: AbortSignal): AsyncIterable<Assignment>;
}

/** @param after the last slot that nobody will ask for again */
export function rememberSchedule(network: Pick<AoNetwork, 'schedule'>, process: ProcessId, after: Slot): RememberedSchedule {
  let kept: Assignment[] = [];
  let characters = 0;
  return {
    async *read(signal) {
      kept = [];
      for await (const assignment of network.schedule(process, {}, signal)) {
        if (assignment.slot > after && characters <= MOST_CHARACTERS && kept.length <= MOST_ASSIGNMENTS) {
          kept.push(assignment);
          characters += String((assignment.req['body'] as AoMap)['data'] ?? '').length;
        }
        yield assignment;
      }
    },

    async *schedule(id, { from = 0, to = Infinity } = {}, signal) {
      let next = from;
      if (id === process && from > after) {
        for (const assignment of kept) {
          if (assignment.slot < next || assignment.slot > to) continue;
          signal?.throwIfAborted();
          yield assignment;
          next = assignment.slot + 1;
        }
      }
      if (next <= to) yield* network.schedule(id, { from: next, ...(to !== Infinity && { to }) }, signal);
    },
  };
}
