import { ValueType, type HrTime } from '@opentelemetry/api';
import {
  AggregationTemporality, DataPointType, MetricReader,
  type MetricData, type MetricProducer, type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Instrument, Reading } from './instrument.ts';

/**
 * OpenTelemetry's view of our instruments. Its own instruments cost 300–800 ns a labelled `add`; ours are read only
 * when a reader asks, and any OpenTelemetry reader can ask.
 */
export function createProducer(instruments: () => Iterable<Instrument<unknown>>, startMs: number, nowMs: () => number): MetricProducer {
  return {
    async collect() {
      const errors: unknown[] = [];
      const span = { startTime: hrTime(startMs), endTime: hrTime(nowMs()) };
      const metrics: MetricData[] = [];
      for (const instrument of instruments()) {
        try {
          const data = metricData(instrument, span);
          if (data.dataPoints.length > 0) metrics.push(data);
        } catch (error) {
          errors.push(error); // one broken observer must not hide every other number
        }
      }
      const resource = { attributes: {} } as ResourceMetrics['resource']; // readers take the resource of the SDK
      return { resourceMetrics: { resource, scopeMetrics: [{ scope: { name: '@beamline/metrics' }, metrics }] }, errors };
    },
  };
}

/** Collects when asked and never by itself. */
export class PullReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

interface Span {
  startTime: HrTime;
  endTime: HrTime;
}

function metricData({ kind, name, help, read }: Instrument<unknown>, span: Span): MetricData {
  const descriptor = { name, description: help, unit: '', valueType: ValueType.DOUBLE };
  const aggregationTemporality = AggregationTemporality.CUMULATIVE;
  const readings = [...read()];
  if (kind === 'histogram') {
    const dataPoints = readings.flatMap((reading) => (isNumber(reading) ? [] : [{
      ...span,
      attributes: reading.labels,
      value: {
        buckets: { boundaries: [...reading.boundaries], counts: [...reading.counts] },
        sum: reading.sum,
        count: reading.count,
      },
    }]));
    return { descriptor, aggregationTemporality, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = readings.flatMap((reading) =>
    (isNumber(reading) ? [{ ...span, attributes: reading.labels, value: reading.value }] : []));
  return kind === 'counter'
    ? { descriptor, aggregationTemporality, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { descriptor, aggregationTemporality, dataPointType: DataPointType.GAUGE, dataPoints };
}

const isNumber = (reading: Reading): reading is Extract<Reading, { value: number }> => 'value' in reading;

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
