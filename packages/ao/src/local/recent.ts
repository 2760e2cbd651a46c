import type { AoMap, AoValue, Slot } from '@beamline/core';

export interface ComputedSlot {
  slot: Slot;
  results: AoMap | undefined;
  /** The public state after the slot. Shares its values with the slots around it: never change them. */
  state: AoMap;
}

/** The last computed slots of one process, bounded by number and by bytes of results. */
export interface RecentSlots {
  add(computed: ComputedSlot): void;
  get(slot: Slot): ComputedSlot | undefined;
  /** The slot computed last. */
  latest(): ComputedSlot | undefined;
}

export function createRecentSlots(maxSlots: number, maxBytes: number): RecentSlots {
  const kept = new Map<Slot, ComputedSlot & { bytes: number }>();
  let bytes = 0;
  let last: ComputedSlot | undefined;

  return {
    add(computed) {
      const size = sizeOf(computed.results ?? '');
      kept.set(computed.slot, { ...computed, bytes: size });
      bytes += size;
      last = computed;
      while (kept.size > maxSlots || (bytes > maxBytes && kept.size > 1)) {
        const [slot, { bytes: freed }] = kept.entries().next().value as [Slot, { bytes: number }];
        kept.delete(slot);
        bytes -= freed;
      }
    },
    get: (slot) => kept.get(slot),
    latest: () => last,
  };
}

function sizeOf(value: AoValue): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object') return 8;
  return Object.entries(value).reduce((sum, [key, inner]) => sum + key.length + sizeOf(inner as AoValue), 16);
}
