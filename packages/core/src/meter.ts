export type Labels = Readonly<Record<string, string>>;

/** Monotonic count. */
export interface Counter {
  add(value: number, labels?: Labels): void;
}
/** Last value wins. */
export interface Gauge {
  set(value: number, labels?: Labels): void;
}
/** Distribution, in the unit its name ends with. */
export interface Histogram {
  record(value: number, labels?: Labels): void;
}

/** What packages count with. `@beamline/metrics` supplies the one that keeps the numbers. */
export interface Meter {
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string): Gauge;
  histogram(name: string, help: string): Histogram;
}

const nothing = { add: () => undefined, set: () => undefined, record: () => undefined };

/** Costs one call and keeps nothing. The default wherever a meter is optional. */
export const noopMeter: Meter = { counter: () => nothing, gauge: () => nothing, histogram: () => nothing };
