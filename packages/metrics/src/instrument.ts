import type { Counter, Gauge, Histogram, Labels } from '@beamline/core';
import { bucketsFor } from './buckets.ts';
import { createSeries } from './series.ts';

export type InstrumentKind = 'counter' | 'gauge' | 'histogram';

/** What a scrape reads: one number per series, or a distribution. */
export type Reading =
  | { labels: Labels; value: number }
  | { labels: Labels; boundaries: readonly number[]; counts: readonly number[]; sum: number; count: number };

/** A named thing that is measured and can be read at any time. */
export interface Instrument<Handle> {
  kind: InstrumentKind;
  name: string;
  help: string;
  handle: Handle;
  read(): Iterable<Reading>;
}

const NO_LABELS: Labels = {};

export function createCounter(name: string, help: string): Instrument<Counter> {
  const series = createSeries();
  const totals: number[] = [];
  return {
    kind: 'counter', name, help,
    handle: {
      add(value, labels = NO_LABELS) {
        if (!(value >= 0)) return; // a counter that falls would look like a restart
        const slot = series.slotOf(labels);
        totals[slot] = (totals[slot] ?? 0) + value;
      },
    },
    read: () => totals.map((value, slot) => ({ labels: series.labelsOf(slot), value })),
  };
}

export function createGauge(name: string, help: string): Instrument<Gauge> {
  const series = createSeries();
  const values: number[] = [];
  return {
    kind: 'gauge', name, help,
    handle: { set: (value, labels = NO_LABELS) => { values[series.slotOf(labels)] = value; } },
    read: () => values.map((value, slot) => ({ labels: series.labelsOf(slot), value })),
  };
}

export function createHistogram(name: string, help: string): Instrument<Histogram> {
  const series = createSeries();
  const boundaries = bucketsFor(name);
  const width = boundaries.length + 1;
  const counts: number[] = []; // `width` cells per series
  const sums: number[] = [];
  return {
    kind: 'histogram', name, help,
    handle: {
      record(value, labels = NO_LABELS) {
        if (Number.isNaN(value)) return;
        const slot = series.slotOf(labels);
        if (sums[slot] === undefined) {
          sums[slot] = 0;
          for (let i = 0; i < width; i += 1) counts[slot * width + i] = 0;
        }
        let bucket = 0;
        while (bucket < boundaries.length && value > (boundaries[bucket] ?? Infinity)) bucket += 1;
        counts[slot * width + bucket] = (counts[slot * width + bucket] ?? 0) + 1;
        sums[slot] += value;
      },
    },
    read: () => sums.map((sum, slot) => {
      const own = counts.slice(slot * width, (slot + 1) * width);
      return { labels: series.labelsOf(slot), boundaries, counts: own, sum, count: own.reduce((a, b) => a + b, 0) };
    }),
  };
}
