import { Fault } from '@beamline/core';
import type { AoNetwork } from '@beamline/core';
import { imageRoot } from '../image-root.ts';
import { createReplica, type ReplicaOptions } from '../recovery/replica.ts';
import type { Anchor } from './anchor.ts';

/**
 * The root that an anchor's process had at the anchor's slot, computed here from its schedule by the bundle it ran: the
 * strongest check, as it trusts neither the node's state nor any snapshot. Reads the schedule from slot 0.
 * @throws Fault `persistence/schedule-gap`, `persistence/replica-failed`, the network's.
 */
export async function rootByReplay(
  network: Pick<AoNetwork, 'schedule'>, bundle: ReplicaOptions, { process, slot }: Pick<Anchor, 'process' | 'slot'>, signal?: AbortSignal,
): Promise<string> {
  const replica = createReplica(bundle);
  try {
    const reached = await replica.apply(network.schedule(process, { to: slot }, signal));
    if (reached !== slot) {
      throw new Fault('persistence/schedule-gap', `the schedule of ${process} ends at slot ${reached}; the anchor is of slot ${slot}`, {
        hint: 'Ask the node that scheduled the process.', details: { process, slot: reached },
      });
    }
    return imageRoot(await replica.image());
  } finally {
    await replica.close();
  }
}
