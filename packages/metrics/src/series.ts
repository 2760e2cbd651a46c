import type { Labels } from '@beamline/core';

/** One instrument's series: a slot of `values` per set of labels. Reading a slot costs an array access. */
export interface Series {
  /** The slot of these labels. An object seen before costs one WeakMap look-up, so callers should keep their labels. */
  slotOf(labels: Labels): number;
  labelsOf(slot: number): Labels;
  count(): number;
}

/** Series beyond this land together in one labelled `overflow="true"`: a label that never repeats must not eat the memory. */
export const MAX_SERIES = 2_000;

const OVERFLOW: Labels = { overflow: 'true' };

export function createSeries(maxSeries = MAX_SERIES): Series {
  const seen = new WeakMap<Labels, number>();
  const byKey = new Map<string, number>();
  const labelsBySlot: Labels[] = [];

  const slotOfNew = (labels: Labels): number => {
    const key = keyOf(labels);
    const known = byKey.get(key);
    if (known !== undefined) return known;
    if (labelsBySlot.length >= maxSeries && labels !== OVERFLOW) return slotOfNew(OVERFLOW);
    const slot = labelsBySlot.push({ ...labels }) - 1;
    byKey.set(key, slot);
    return slot;
  };

  return {
    slotOf(labels) {
      let slot = seen.get(labels);
      if (slot === undefined) seen.set(labels, slot = slotOfNew(labels));
      return slot;
    },
    labelsOf: (slot) => labelsBySlot[slot] ?? {},
    count: () => labelsBySlot.length,
  };
}

const keyOf = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
