import type { InstanceStatus, RatePoint } from '@beamline/stack';
import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { chartData } from '../model/chart-data.ts';
import type { DeploymentView } from '../model/deployment-view.ts';
import { perSecond } from '../model/format.ts';
import { createChart } from './create-chart.ts';

interface ThroughputChartProps {
  rates: readonly RatePoint[];
  instances: readonly InstanceStatus[];
  deployments: readonly DeploymentView[];
}

export function ThroughputChart({ rates, instances, deployments }: ThroughputChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const marks = useRef(deployments);
  marks.current = deployments;
  const dark = useDark();
  const { roles, columns } = chartData(rates, instances);

  // uPlot draws on a canvas with fixed series and colours: another set of roles or another theme means another chart.
  useEffect(() => {
    const element = holder.current as HTMLDivElement;
    const made = chart.current = createChart(element, roles, columns, () => marks.current);
    const resize = new ResizeObserver(([entry]) => {
      if (entry) made.setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    resize.observe(element);
    return () => { resize.disconnect(); made.destroy(); };
  }, [roles.join(), dark]);

  useEffect(() => chart.current?.setData(columns), [rates]);

  const latest = columns.slice(1).map((column) => column.at(-1) ?? 0);
  return (
    <section class="panel chart" aria-labelledby="chart-title">
      <header>
        <h2 id="chart-title">Messages per second</h2>
        <ul class="legend">
          {roles.map((role, at) => (
            <li key={role} class={`role-${at % 6}`}><i aria-hidden="true" />{role} <b>{perSecond(latest[at] ?? 0)}</b></li>
          ))}
          <li class="pause"><i aria-hidden="true" />write pause</li>
        </ul>
      </header>
      <div class="canvas" ref={holder} role="img" aria-label={`Messages per second by role: ${roles.map((role, at) => `${role} ${perSecond(latest[at] ?? 0)}`).join(', ')}`} />
    </section>
  );
}

function useDark(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const change = (): void => setDark(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return dark;
}
