import type { RatePoint, ReleaseSizes, StatusReport, Timeline, TracedError } from '@beamline/stack';

/** What the server shows. An `Environment` of `@beamline/stack` is one; so is anything with the same facts. */
export interface WatchedEnvironment {
  /** Asked once per interval, and by nobody else. */
  status(): Promise<StatusReport>;
  /** Messages per second over the last minutes, oldest first. */
  rates(): readonly RatePoint[];
  /** What the bundles that run consist of; `undefined` when nothing runs. */
  bundleSizes(): Promise<ReleaseSizes | undefined>;
  /** Where the last error that an instance counted came from; asked when it counts another. */
  explain(instance: string, options?: { slot?: number }, signal?: AbortSignal): Promise<TracedError | undefined>;
  events: Timeline;
  /** Prometheus text format. */
  prometheusText(): Promise<string>;
}
