import type { Id, SignedItem } from '@beamline/core';
import type { Anchor } from './anchor.ts';
import type { Arweave, Standing } from './arweave.ts';

/** A signed item as a ledger keeps it, so that the same one can be sent again. */
export interface KeptItem extends Pick<SignedItem, 'id' | 'owner' | 'target'> {
  /** Base64 */
  raw: string;
}

/** The newest anchor of a chain. Written before anything is sent. */
export interface LedgerEntry {
  version: 1;
  item: KeptItem;
  anchor: Anchor;
  /** It stays on Arweave. */
  final: boolean;
  /** Anchors before it that were not final yet: until they are, a bundler may drop them, and the chain would have a hole. */
  unsettled: readonly KeptItem[];
}

/** What whoever anchors must not forget. A chain has a name, such as `world-0`. */
export interface AnchorLedger {
  read(chain: string): Promise<LedgerEntry | undefined>;
  /** Durable when it resolves; replaces the entry as a whole. */
  write(chain: string, entry: LedgerEntry): Promise<void>;
}

/** Forgets with the process. */
export function createMemoryLedger(): AnchorLedger {
  const entries = new Map<string, string>();
  return {
    async read(chain) {
      const text = entries.get(chain);
      return text === undefined ? undefined : (JSON.parse(text) as LedgerEntry);
    },
    async write(chain, entry) {
      entries.set(chain, JSON.stringify(entry));
    },
  };
}

export function keptItem({ id, owner, target, raw }: SignedItem): KeptItem {
  return { id, owner, target, raw: Buffer.from(raw).toString('base64') };
}

/** Looks where each item stands, sends those again that nobody knows, and returns those that are not final yet. */
export async function settle(
  arweave: Pick<Arweave, 'upload' | 'status'>, items: readonly KeptItem[], onStatus: (id: Id, status: Standing) => void = () => undefined, signal?: AbortSignal,
): Promise<KeptItem[]> {
  const unsettled: KeptItem[] = [];
  for (const item of items) {
    const status = await arweave.status(item.id, signal);
    onStatus(item.id, status);
    if (status.state === 'final') continue;
    unsettled.push(item);
    if (status.state === 'unknown') await arweave.upload({ ...item, raw: new Uint8Array(Buffer.from(item.raw, 'base64')) }, signal);
  }
  return unsettled;
}
