import { Fault } from '@beamline/core';
import type { Clock, Id } from '@beamline/core';
import { settle, type AnchorLedger } from './anchor-ledger.ts';
import type { Arweave, Standing } from './arweave.ts';

export interface FollowOptions {
  arweave: Pick<Arweave, 'upload' | 'status'>;
  ledger: AnchorLedger;
  clock: Clock;
  chain: string;
  /** Between two looks. @default 30_000 */
  everyMs?: number;
  /** Gives up after so long. @default 2 hours */
  withinMs?: number;
  /** Of the newest anchor. */
  onStatus?(status: Standing): void;
}

/**
 * Waits until a chain's newest anchor, and those before it, are final. One that nobody knows any more, dropped before it
 * reached a block, is sent again: the same item.
 * @throws Fault `persistence/anchor-missing` without any in the ledger, `persistence/anchor-not-final` (retryable), Arweave's.
 */
export async function followAnchor(
  { arweave, ledger, clock, chain, everyMs = 30_000, withinMs = 7_200_000, onStatus }: FollowOptions, signal?: AbortSignal,
): Promise<{ id: Id; status: Standing }> {
  const entry = await ledger.read(chain);
  if (entry === undefined) throw new Fault('persistence/anchor-missing', `there is no anchor of ${chain} to follow`);
  const { id } = entry.item;
  let status: Standing = { state: 'unknown' };
  let open = [...entry.unsettled, entry.item];
  for (const until = clock.now() + withinMs; ;) {
    open = await settle(arweave, open, (item, seen) => { if (item === id) status = seen; }, signal);
    onStatus?.(status);
    if (open.length === 0) {
      await ledger.write(chain, { ...entry, final: true, unsettled: [] });
      return { id, status };
    }
    if (clock.now() + everyMs > until) {
      throw new Fault('persistence/anchor-not-final', `anchor ${id} is ${status.state} after ${Math.round(withinMs / 60_000)} minutes`, {
        hint: 'Repeat: the same item is followed, and sent again if it was lost.', retryable: true, details: { anchor: id, state: status.state },
      });
    }
    await clock.sleep(everyMs, signal);
  }
}
