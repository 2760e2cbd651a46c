export { createMeter, type RecordingMeter } from './create-meter.ts';
export { createCollector, type Collector, type CollectorOptions } from './collector.ts';
export { unsampled, type Health, type InstanceRef, type InstanceSample } from './instance.ts';
export type { InstrumentKind, Reading } from './instrument.ts';
export type { RatePoint } from './history.ts';
export type { InstanceReader } from './read-instance.ts';
export { timeSystems, type SystemTimerOptions } from './time-systems.ts';
