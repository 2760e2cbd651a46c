import type { RecordingMeter } from './create-meter.ts';
import type { InstanceSample } from './instance.ts';
import type { Reading } from './instrument.ts';

type Measure = [kind: 'counter' | 'gauge', name: string, help: string, value: (sample: InstanceSample) => number];

const measures: readonly Measure[] = [
  ['gauge', 'up', '1 when the process answers and computes', ({ health }) => (health === 'down' ? 0 : 1)],
  ['gauge', 'healthy', '1 when nothing is wrong with the process', ({ health }) => (health === 'healthy' ? 1 : 0)],
  ['gauge', 'entities', 'Entities alive in the world', ({ entities }) => entities],
  ['gauge', 'slot', 'Last computed slot', ({ slot }) => slot],
  ['gauge', 'lag_slots', 'Scheduled slots not computed yet', ({ lag }) => lag],
  ['gauge', 'held_messages', 'Messages waiting for a thaw or a hand-over', ({ held }) => held],
  ['gauge', 'messages_per_second', 'Messages applied per second over the last sampling interval', ({ messagesPerSecond }) => messagesPerSecond],
  ['counter', 'applied_total', 'Messages applied', ({ applied }) => applied],
  ['counter', 'duplicates_total', 'Messages recognised as seen before', ({ duplicates }) => duplicates],
  ['counter', 'refused_total', 'Messages refused by the kernel or the game', ({ refused }) => refused],
  ['counter', 'errors_total', 'Messages whose action failed and was rolled back', ({ errors }) => errors],
  ['counter', 'forwarded_total', 'Messages forwarded to a successor', ({ forwarded }) => forwarded],
  ['counter', 'sent_total', 'Messages sent to other processes', ({ sent }) => sent],
];

/**
 * Makes the samples scrapeable as `beamline_instance_…{instance, role, shard, process}`. The process is a label because
 * a new process counts from its own beginning: one series per process never falls.
 */
export function observeInstances(meter: RecordingMeter, samples: () => readonly InstanceSample[]): void {
  for (const [kind, name, help, value] of measures) {
    meter.observe(kind, `beamline_instance_${name}`, help, () => samples().map((sample): Reading => ({
      labels: { instance: sample.id, role: sample.role, shard: String(sample.shard), process: sample.process },
      value: value(sample),
    })));
  }
  meter.observe('gauge', 'beamline_instance_info', 'Always 1; what runs where', () => samples().map((sample) => ({
    labels: { instance: sample.id, process: sample.process, alias: sample.alias, release: sample.release, layout: sample.layout, phase: sample.phase },
    value: 1,
  })));
}
