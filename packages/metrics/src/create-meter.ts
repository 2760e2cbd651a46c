import { Fault, type Clock, type Meter } from '@beamline/core';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, type MetricProducer } from '@opentelemetry/sdk-metrics';
import { createCounter, createGauge, createHistogram, type Instrument, type InstrumentKind, type Reading } from './instrument.ts';
import { createProducer, PullReader } from './otel-producer.ts';

/** A `Meter` that keeps the numbers. */
export interface RecordingMeter extends Meter {
  /** An instrument whose values are asked for at every scrape. */
  observe(kind: 'counter' | 'gauge', name: string, help: string, read: () => Iterable<Reading>): void;
  /** Prometheus text format 0.0.4, ending in a newline. */
  prometheusText(): Promise<string>;
  /** For any OpenTelemetry reader: `new PeriodicExportingMetricReader({ exporter, metricProducers: [meter.producer] })`. */
  readonly producer: MetricProducer;
}

const NAME = /^[a-z][a-z0-9_]*$/;

/**
 * Counting costs an array write (plus a look-up for labels); everything else happens when somebody reads.
 * Asking for a name twice gives the same instrument. Counters end in `_total` in the text.
 * @throws Fault `metrics/bad-name`, `metrics/kind-differs`
 */
export function createMeter({ clock }: { clock: Clock }): RecordingMeter {
  const instruments = new Map<string, Instrument<unknown>>();
  const producer = createProducer(() => instruments.values(), clock.now(), clock.now);
  const reader = new PullReader({ metricProducers: [producer] });
  new MeterProvider({ readers: [reader] }); // introduces itself to the reader
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);

  function keep<Handle>(kind: InstrumentKind, name: string, create: () => Instrument<Handle>): Handle {
    if (!NAME.test(name)) {
      throw new Fault('metrics/bad-name', `${JSON.stringify(name)} cannot be a metric's name`, {
        hint: 'Use lower-case letters, digits and underscores, and end with the unit: deploy_duration_ms.',
      });
    }
    const known = instruments.get(name);
    if (known === undefined) {
      const created = create();
      instruments.set(name, created);
      return created.handle;
    }
    if (known.kind !== kind) throw new Fault('metrics/kind-differs', `${name} is a ${known.kind} already, not a ${kind}`);
    return known.handle as Handle;
  }

  return {
    counter: (name, help) => keep('counter', name, () => createCounter(name, help)),
    gauge: (name, help) => keep('gauge', name, () => createGauge(name, help)),
    histogram: (name, help) => keep('histogram', name, () => createHistogram(name, help)),
    observe: (kind, name, help, read) => void keep(kind, name, () => ({ kind, name, help, read, handle: undefined })),
    producer,
    async prometheusText() {
      const { resourceMetrics } = await reader.collect();
      return `${serializer.serialize(resourceMetrics).trimEnd()}\n`;
    },
  };
}
