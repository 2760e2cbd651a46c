import { Fault, type AoNetwork, type Assignment, type ProcessId, type Slot } from '@beamline/core';
import { readHistory, type OwnerHistory } from '@beamline/persistence';

/** What a process has been through. */
export interface Past {
  genesis: Assignment;
  history: OwnerHistory;
  /** Its newest slot. */
  head: Slot;
  /** Where a rehearsal of so many messages begins: the state after this slot. */
  from: Slot;
  /** Why that is later than asked for. */
  short?: string;
}

/**
 * Reads a schedule once. A rehearsal can only go through what was one message after another: not through a restore, an
 * upgrade, a replay or the end of a fence.
 * @throws Fault `deployer/no-schedule`
 */
export async function readPast(network: Pick<AoNetwork, 'schedule'>, process: ProcessId, messages: number, signal?: AbortSignal): Promise<Past> {
  const reading = readHistory();
  let genesis: Assignment | undefined;
  let head: Slot = -1;
  for await (const assignment of network.schedule(process, {}, signal)) {
    genesis ??= assignment;
    reading.add(assignment);
    head = assignment.slot;
  }
  if (genesis === undefined) throw new Fault('deployer/no-schedule', `process ${process} has no schedule on this network`, { hint: 'Is the node the one that schedules it?' });
  const history = reading.history();
  const wanted = head - messages;
  if (wanted >= history.settledAt) return { genesis, history, head, from: wanted };
  const short = history.settledAt > 0 ? `its state came from elsewhere in slot ${history.settledAt}` : 'it has received no more';
  return { genesis, history, head, from: history.settledAt, short };
}
