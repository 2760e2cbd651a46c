import type { StatusReport } from '@beamline/stack';
import { sum } from '../model/chart-data.ts';
import { count, perSecond } from '../model/format.ts';

export function Figures({ report }: { report: StatusReport | undefined }) {
  const instances = report?.instances ?? [];
  const total = (pick: (instance: (typeof instances)[number]) => number): number => sum(instances.map(pick));
  const up = instances.filter(({ health }) => health !== 'down').length;
  const figures: [label: string, value: string, note: string][] = [
    ['Messages per second', perSecond(total(({ messagesPerSecond }) => messagesPerSecond)), ''],
    ['Applied', count(total(({ applied }) => applied)), `${count(total(({ refused }) => refused))} refused`],
    ['Duplicates dropped', count(total(({ duplicates }) => duplicates)), ''],
    ['Entities', count(total(({ entities }) => entities)), ''],
    ['Processes', `${up}`, `of ${instances.length} up`],
    ['Slots behind', count(total(({ lag }) => lag)), total(({ held }) => held) > 0 ? `${count(total(({ held }) => held))} held` : ''],
  ];
  return (
    <dl class="figures panel">
      {figures.map(([label, value, note]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value} <small>{note}</small></dd>
        </div>
      ))}
    </dl>
  );
}
