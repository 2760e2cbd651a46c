import type { AoNetwork, Assignment, ProcessId, Slot } from '@beamline/core';
import type { Operator } from '@beamline/kernel/operator';
import { linkIn, type OwnerHistory } from './owner-history.ts';

export interface ReplayTailOptions {
  network: Pick<AoNetwork, 'schedule'>;
  operator: Pick<Operator, 'replay' | 'link'>;
  /** Whose schedule. */
  from: ProcessId;
  /** Who applies it, in standby or active. */
  to: ProcessId;
  /** The last slot already contained in what `to` holds. */
  after: Slot;
  history: Pick<OwnerHistory, 'acceptFrom' | 'owner'>;
}

export interface TailReplayed {
  /** Messages applied here for the first time, whatever the game answered. */
  replayed: number;
  /** Messages this process had applied before. */
  duplicates: number;
  /** The last slot of the schedule that was looked at. */
  slot: Slot;
}

/**
 * Applies what a process received after `after` to another one, links included, again and again until its schedule
 * brings nothing more. Safe to repeat: what was applied counts as a duplicate.
 */
export async function replayTail(
  { network, operator, from, to, after, history }: ReplayTailOptions, signal?: AbortSignal,
): Promise<TailReplayed> {
  const total: TailReplayed = { replayed: 0, duplicates: 0, slot: after };
  const flush = async (batch: Assignment[]) => {
    if (batch.length === 0) return;
    const { ok, refused, errors, duplicates } = await operator.replay(to, batch, { acceptFrom: history.acceptFrom }, signal);
    total.replayed += ok + refused + errors;
    total.duplicates += duplicates;
  };

  // While one batch is replayed, the next is read.
  let replaying: Promise<void> = Promise.resolve();
  const send = async (batch: Assignment[]) => {
    await replaying;
    replaying = flush(batch);
    replaying.catch(() => undefined); // thrown by whoever waits for it
  };

  for (let quiet = false; !quiet;) {
    quiet = true;
    let batch: Assignment[] = [];
    for await (const assignment of network.schedule(from, { from: total.slot + 1 }, signal)) {
      quiet = false;
      total.slot = assignment.slot;
      const link = linkIn(assignment, history.owner);
      if (link === undefined) {
        batch.push(assignment);
        if (batch.length < BATCH) continue;
      }
      await send(batch);
      batch = [];
      if (link === undefined) continue;
      await replaying;
      // Between the messages it stood between: what a message sends depends on the links of its time.
      await operator.link(to, link, signal);
    }
    await send(batch);
    await replaying;
  }
  return total;
}

/** Assignments in memory at once; the operator cuts them into messages. */
const BATCH = 512;
