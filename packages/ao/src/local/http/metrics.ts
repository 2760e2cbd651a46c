import { loadavg } from 'node:os';
import type { LocalNode } from '../node.ts';

/** Counts of this run, for `/~hyperbuddy@1.0/metrics`. */
export interface Counts {
  startedAt: number;
  /** Requests by status class: `2xx`. */
  requests: Map<string, number>;
}

/** Prometheus text 0.0.4, with the names a node uses where it has them. */
export function metricsText(node: LocalNode, { startedAt, requests }: Counts, now: number): string {
  const lines: string[] = [];
  const family = (name: string, type: string, help: string, samples: [labels: string, value: number][]) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`${name}${labels} ${value}`);
  };
  const all = [...node.processes()];
  const sum = (of: (process: (typeof all)[number]) => number) => all.reduce((total, process) => total + of(process), 0);

  const scheduled = sum(({ schedule }) => schedule.last() + 1);
  const computed = sum(({ computation }) => computation.computed() + 1);

  family('event', 'counter', 'AO-Core execution events', [
    ['{topic="local",event="scheduled"}', scheduled],
    ['{topic="local",event="computed"}', computed],
  ]);
  family('cowboy_requests_total', 'counter', 'Requests by status class', [...requests].map(([status, n]) => [`{status_class="${status}"}`, n]));
  family('process_uptime_seconds', 'gauge', 'Seconds since the node started', [['', (now - startedAt) / 1000]]);
  family('system_load', 'gauge', 'Load average over one minute', [['', loadavg()[0] ?? 0]]);
  family('beamline_processes', 'gauge', 'AO processes on this node', [['', all.length]]);
  family('beamline_slots_scheduled', 'gauge', 'Slots scheduled over all processes', [['', scheduled]]);
  family('beamline_slots_computed', 'gauge', 'Slots computed since the start', [['', computed]]);
  family('beamline_processes_bricked', 'gauge', 'Processes that cannot get past a slot', [['', sum(({ computation }) => (computation.brick() ? 1 : 0))]]);
  return `${lines.join('\n')}\n`;
}
