import uPlot from 'uplot';
import { pausingSteps, type DeploymentView } from '../model/deployment-view.ts';
import { clockTime } from '../model/format.ts';

const WINDOW_SECONDS = 180;
const LEAST_SECONDS = 60;

/** A chart of one line per role that scrolls with time, with deployments and write pauses drawn behind the lines. */
export function createChart(
  element: HTMLElement, roles: readonly string[], columns: [number[], ...number[][]], deployments: () => readonly DeploymentView[],
): uPlot {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const axis: uPlot.Axis = {
    stroke: color('ink-2'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: color('line'), width: 1 },
    ticks: { show: false },
  };
  return new uPlot({
    width: element.clientWidth || 600,
    height: element.clientHeight || 240,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    scales: {
      x: { range: (_chart, min, max) => [Math.max((max || 0) - WINDOW_SECONDS, Math.min(min || 0, (max || 0) - LEAST_SECONDS)), max || 0] },
      y: { range: (_chart, _min, max) => [0, Math.max(5, max * 1.15)] },
    },
    axes: [
      { ...axis, size: 26, space: 110, incrs: [10, 30, 60, 300], values: (_chart, seconds) => seconds.map((at) => clockTime(at * 1_000)) },
      { ...axis, size: 40 },
    ],
    series: [
      {},
      ...roles.map((role, at): uPlot.Series => ({
        label: role,
        stroke: color(`role-${at % 6}`),
        fill: `color-mix(in srgb, ${color(`role-${at % 6}`)} 9%, transparent)`,
        width: 2,
        points: { show: false },
      })),
    ],
    hooks: { drawClear: [(chart) => drawMarks(chart, deployments(), color)] },
  }, columns, element);
}

function drawMarks(chart: uPlot, deployments: readonly DeploymentView[], color: (name: string) => string): void {
  const { ctx, bbox } = chart;
  const x = (ms: number): number => Math.min(bbox.left + bbox.width, Math.max(bbox.left, chart.valToPos(ms / 1_000, 'x', true)));
  ctx.save();
  for (const deployment of deployments) {
    const { startedAt, ms } = deployment;
    const from = x(startedAt);
    const to = x(ms === undefined ? Infinity : startedAt + ms);
    ctx.fillStyle = color('band');
    if (to > from) ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.fillStyle = color('warning-soft');
    for (const step of pausingSteps(deployment)) {
      const begin = x(step.startedAt);
      const end = x(step.ms === undefined ? Infinity : step.startedAt + step.ms);
      // A pause of a few milliseconds stays visible.
      if (end > bbox.left) ctx.fillRect(begin, bbox.top, Math.max(end - begin, 2 * devicePixelRatio), bbox.height);
    }
  }
  ctx.restore();
}
