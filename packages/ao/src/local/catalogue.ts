import type { MessageId, ProcessId, Slot } from '@beamline/core';
import type { ColdIndex } from './cold-index.ts';

/** Where each message is, by id: of one that was sent twice, the newest slot. */
export interface Catalogue {
  note(message: MessageId, process: ProcessId, slot: Slot): void;
  /** Messages of a cold part are found in its index; what memory holds of them is forgotten. */
  adopt(index: ColdIndex): void;
  find(message: MessageId): [process: ProcessId, slot: Slot] | undefined;
}

export function createCatalogue(): Catalogue {
  const recent = new Map<MessageId, [ProcessId, Slot]>();
  const cold: ColdIndex[] = [];
  return {
    note: (message, process, slot) => void recent.set(message, [process, slot]),
    adopt(index) {
      cold.unshift(index);
      for (const { process, range: { from, slots, entry } } of recent.size > 0 ? index.ranges : []) {
        for (let slot = from; slot < from + slots; slot++) {
          const { id } = entry(slot);
          const known = recent.get(id);
          if (known?.[0] === process && known[1] === slot) recent.delete(id);
        }
      }
    },
    find(message) {
      const known = recent.get(message);
      if (known) return known;
      for (const index of cold) {
        const found = index.find(message);
        if (found) return found;
      }
      return undefined;
    },
  };
}
