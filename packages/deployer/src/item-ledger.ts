import type { SignedItem } from '@beamline/core';
import type { Journal, JournalEntry } from './journal.ts';

/** Every item a deployment has signed, by what it is for. */
export interface ItemLedger {
  /** The journaled item of a key, or a new one: written to the journal before it is returned. */
  once(key: string, sign: () => Promise<SignedItem>): Promise<SignedItem>;
  /** A word no earlier call got, in this run or in those before it: for what must be said anew each time. */
  freshWord(): string;
  /** Items whose key begins so, in the order they were signed. They may or may not have been sent. */
  signed(prefix: string): Promise<SignedItem[]>;
  /** The network refused an item for good: its key may be signed again. */
  void(item: SignedItem, reason: string): Promise<void>;
}

/**
 * Rebuilds the ledger from what a journal holds. `sign` is called for a key only while no item of it is known; two calls
 * for one key at the same time get the same item.
 */
export function createItemLedger(journal: Journal, deployment: string, written: readonly JournalEntry[]): ItemLedger {
  const items = new Map<string, Promise<SignedItem>>();
  const keys = new Map<string, string>();
  for (const entry of written) {
    if (entry.kind === 'signed') {
      items.set(entry.key, Promise.resolve({ ...entry.item, raw: new Uint8Array(Buffer.from(entry.item.raw, 'base64')) }));
      keys.set(entry.item.id, entry.key);
    } else if (entry.kind === 'voided') {
      items.delete(entry.key);
    }
  }

  let signedSoFar = keys.size;
  let words = 0;

  const signAndWrite = async (key: string, sign: () => Promise<SignedItem>): Promise<SignedItem> => {
    const item = await sign();
    const { id, owner, target, raw } = item;
    await journal.append(deployment, { kind: 'signed', key, item: { id, owner, target, raw: Buffer.from(raw).toString('base64') } });
    keys.set(id, key);
    signedSoFar += 1;
    return item;
  };

  return {
    once(key, sign) {
      const known = items.get(key);
      if (known !== undefined) return known;
      const made = signAndWrite(key, sign);
      items.set(key, made);
      made.catch(() => items.delete(key));
      return made;
    },
    freshWord() {
      words += 1;
      return `${signedSoFar}-${words}`;
    },
    signed: (prefix) => Promise.all([...items].filter(([key]) => key.startsWith(prefix)).map(([, item]) => item)),
    async void({ id }, reason) {
      const key = keys.get(id);
      if (key === undefined || (await items.get(key))?.id !== id) return;
      await journal.append(deployment, { kind: 'voided', key, id, reason });
      items.delete(key);
    },
  };
}
