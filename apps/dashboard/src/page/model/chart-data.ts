import type { InstanceStatus, RatePoint } from '@beamline/stack';

/** Columns as uPlot takes them: seconds since 1970, then one column of messages per second for each role. */
export interface ChartData {
  roles: readonly string[];
  columns: [number[], ...number[][]];
}

export function chartData(rates: readonly RatePoint[], instances: readonly InstanceStatus[]): ChartData {
  const roleOf = new Map(instances.map(({ id, role }) => [id, role]));
  const roles = [...new Set(instances.map(({ role }) => role))];
  const times = rates.map(({ at }) => at / 1_000);
  const byRole = roles.map((role) => rates.map(({ byInstance }) => sum(
    Object.entries(byInstance).map(([id, rate]) => ((roleOf.get(id) ?? id.replace(/-\d+$/, '')) === role ? rate : 0)),
  )));
  return { roles, columns: [times, ...byRole] };
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
