import type { RatePoint, StatusReport, Timeline } from '@beamline/stack';

/** What the server shows. An `Environment` of `@beamline/stack` is one; so is anything with the same facts. */
export interface WatchedEnvironment {
  /** Asked once per interval, and by nobody else. */
  status(): Promise<StatusReport>;
  /** Messages per second over the last minutes, oldest first. */
  rates(): readonly RatePoint[];
  events: Timeline;
  /** Prometheus text format. */
  prometheusText(): Promise<string>;
}
