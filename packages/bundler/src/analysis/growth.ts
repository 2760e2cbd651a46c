import type { Analysis } from './analysis.ts';
import type { SizesBaseline } from './baseline.ts';

export interface SizeChange {
  name: string;
  before: number;
  after: number;
  /** Way of imports; empty for what is gone. */
  why: string[];
}

export interface RoleGrowth {
  role: string;
  /** 0 for a role that was not there. */
  before: number;
  after: number;
  gzipBefore: number;
  gzipAfter: number;
  /** Of what it was; undefined for a new role. */
  percent: number | undefined;
  /** What changed, the largest change first. */
  modules: SizeChange[];
}

/** What changed since a baseline, role by role: those of the analysis in their order, then those that are gone. */
export function growthSince(baseline: SizesBaseline, { roles }: Analysis): RoleGrowth[] {
  const names = [...Object.keys(roles), ...Object.keys(baseline.roles).filter((role) => !(role in roles))];
  return names.map((role) => {
    const [before, after] = [baseline.roles[role], roles[role]];
    const paths = new Set([...Object.keys(before?.modules ?? {}), ...(after?.modules.map(({ path }) => path) ?? [])]);
    const modules = [...paths].map((name): SizeChange => {
      const module = after?.modules.find(({ path }) => path === name);
      return { name, before: before?.modules[name] ?? 0, after: module?.bytes ?? 0, why: module?.why ?? [] };
    });
    return {
      role, before: before?.bytes ?? 0, after: after?.bytes ?? 0, gzipBefore: before?.gzipBytes ?? 0, gzipAfter: after?.gzipBytes ?? 0,
      percent: percentOf(before?.bytes, after?.bytes ?? 0),
      modules: modules.filter((change) => change.before !== change.after)
        .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || (a.name < b.name ? -1 : 1)),
    };
  });
}

export function percentOf(before: number | undefined, after: number): number | undefined {
  return before === undefined || before === 0 ? undefined : ((after - before) / before) * 100;
}
