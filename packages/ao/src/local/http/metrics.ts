import { loadavg } from 'node:os';
import type { LocalNode } from '../node.ts';
import { logBytes } from '../folder/log-bytes.ts';
import { BUCKETS_MS, type Counts, type RequestCount } from './counts.ts';
import type { Cron } from './cron.ts';

type Sample = [labels: string, value: number];

/**
 * Prometheus text 0.0.4. What a node has too carries the node's name, `event` with its missing `_total` included; what
 * only a local network knows begins with `beamline_`.
 */
export async function metricsText(node: LocalNode, counts: Counts, cron: Cron, now: number): Promise<string> {
  const lines: string[] = [];
  const family = (name: string, type: string, help: string, samples: Sample[]) => {
    if (samples.length === 0) return;
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map(([labels, value]) => `${name}${labels} ${value}`));
  };
  const gauge = (name: string, help: string, value: number) => family(name, 'gauge', help, [['', value]]);
  const all = [...node.processes()];
  const sum = (of: (process: (typeof all)[number]) => number) => all.reduce((total, process) => total + of(process), 0);
  const requests = [...counts.requests()];

  const scheduled = sum(({ schedule }) => schedule.last() + 1);
  const computed = sum(({ computation }) => computation.computed() + 1);

  family('event', 'counter', 'AO-Core execution events', [
    ['{topic="local",event="scheduled"}', scheduled],
    ['{topic="local",event="computed"}', computed],
  ]);
  family('cowboy_requests_total', 'counter', 'Total number of HTTP requests', requests.map((each) => [`{${labelsOf(each)}}`, each.count]));
  histogram(lines, requests);
  gauge('process_uptime_seconds', 'Seconds since the node started', (now - counts.startedAt) / 1000);
  gauge('system_load', 'Load average over one minute', loadavg()[0] ?? 0);
  gauge('process_resident_memory_bytes', 'Resident memory of the node with its workers', process.memoryUsage.rss());
  gauge('beamline_processes', 'AO processes on this node', all.length);
  gauge('beamline_slots_scheduled', 'Slots scheduled over all processes', scheduled);
  gauge('beamline_slots_computed', 'Slots computed over all processes that were asked for since the start', computed);
  gauge('beamline_processes_bricked', 'Processes that cannot get past a slot', sum(({ computation }) => (computation.brick() ? 1 : 0)));
  gauge('beamline_forks', 'Processes copied from another network', [...node.forks()].length);
  gauge('beamline_aliases', 'Names that stand for processes', [...node.aliases()].length);
  gauge('beamline_cron_tasks', 'Cron tasks', cron.tasks());
  gauge('beamline_log_bytes', 'Bytes of the log on disk', await logBytes(node.dir));
  return `${lines.join('\n')}\n`;
}

function histogram(lines: string[], requests: readonly RequestCount[]): void {
  const name = 'cowboy_request_duration_seconds';
  if (requests.length === 0) return;
  lines.push(`# HELP ${name} Duration of HTTP requests`, `# TYPE ${name} histogram`);
  for (const each of requests) {
    const labels = labelsOf(each);
    for (const [i, ms] of BUCKETS_MS.entries()) lines.push(`${name}_bucket{${labels},le="${ms / 1000}"} ${each.within[i]}`);
    lines.push(`${name}_bucket{${labels},le="+Inf"} ${each.count}`, `${name}_sum{${labels}} ${each.sumMs / 1000}`, `${name}_count{${labels}} ${each.count}`);
  }
}

const labelsOf = ({ method, statusClass }: RequestCount): string => `method="${method}",reason="normal",status_class="${statusClass}"`;
