import { Fault } from '@beamline/core';
import type { Analysis } from './analysis.ts';
import type { SizesBaseline } from './baseline.ts';
import { growthSince, percentOf } from './growth.ts';

/** Limits of one role, system or module. */
export interface SizeBudget {
  /** Minified bytes; of a system with what only it needs. */
  maxBytes?: number;
  /** Against the baseline. What is new has no growth. */
  maxGrowthPercent?: number;
}

export interface SizeBudgets {
  roles?: Readonly<Record<string, SizeBudget>>;
  /** By name, in every role that lists it. */
  systems?: Readonly<Record<string, SizeBudget>>;
  /** By path, in every role that has it. */
  modules?: Readonly<Record<string, SizeBudget>>;
}

interface Sized {
  role: string;
  what: string;
  bytes: number;
  before: number | undefined;
}

/**
 * Compares sizes with their budgets; all problems in one Fault.
 *
 * @throws Fault `bundler/over-budget`, `bundler/grew` (listing what grew most and why), `bundler/unknown-budget`
 */
export function checkBudgets(analysis: Analysis, budgets: SizeBudgets, baseline?: SizesBaseline): void {
  const over: string[] = [];
  const grew: string[] = [];
  const unknown: string[] = [];
  const guilty = new Set<string>();
  const check = (key: string, { maxBytes, maxGrowthPercent }: SizeBudget, found: readonly Sized[]) => {
    if (found.length === 0) unknown.push(`${key}: no bundle has it`);
    for (const { role, what, bytes, before } of found) {
      const percent = percentOf(before, bytes);
      if (maxBytes !== undefined && bytes > maxBytes) over.push(`${what}: ${bytes} bytes, ${bytes - maxBytes} more than ${key}.maxBytes (${maxBytes})`);
      else if (maxGrowthPercent === undefined || percent === undefined || percent <= maxGrowthPercent) continue;
      else grew.push(`${what}: ${before ?? 0} → ${bytes} bytes, ${percent.toFixed(1)} % more; ${key}.maxGrowthPercent is ${maxGrowthPercent}`);
      guilty.add(role);
    }
  };
  const { roles = {}, systems = {}, modules = {} } = budgets;
  const all = Object.values(analysis.roles);
  for (const [name, budget] of Object.entries(roles)) {
    check(`budgets.roles.${name}`, budget, all.filter(({ role }) => role === name)
      .map(({ role, bytes }) => ({ role, what: role, bytes, before: baseline?.roles[role]?.bytes })));
  }
  for (const [name, budget] of Object.entries(systems)) {
    check(`budgets.systems.${name}`, budget, all.flatMap(({ role, parts }) => parts.filter((part) => part.kind === 'system' && part.name === name)
      .map(({ savedBytes: bytes }) => ({ role, what: `system ${name} of ${role}`, bytes, before: baseline?.roles[role]?.systems[name] }))));
  }
  for (const [path, budget] of Object.entries(modules)) {
    check(`budgets.modules.${path}`, budget, all.flatMap(({ role, modules: list }) => list.filter((module) => module.path === path)
      .map(({ bytes }) => ({ role, what: `${path} in ${role}`, bytes, before: baseline?.roles[role]?.modules[path] }))));
  }
  if (unknown.length > 0) throw new Fault('bundler/unknown-budget', unknown.join('\n'), { hint: 'Correct the name, or remove its budget: beamline bundle --report json lists all.' });
  if (over.length + grew.length === 0) return;
  throw new Fault(over.length > 0 ? 'bundler/over-budget' : 'bundler/grew', [...over, ...grew, ...blame(analysis, baseline, guilty)].join('\n'), {
    hint: over.length > 0 ? 'Make it smaller (beamline bundle --report markdown gives advice), or raise the budget.' : 'Make it smaller, or accept it for the next comparison: beamline bundle --accept-sizes.',
    details: { over: over.length, grew: grew.length },
  });
}

/** What grew most in the roles concerned; without a baseline, what is largest. */
function blame(analysis: Analysis, baseline: SizesBaseline | undefined, guilty: ReadonlySet<string>): string[] {
  return [...guilty].flatMap((role) => {
    const grown = baseline?.roles[role] && growthSince(baseline, analysis).find((growth) => growth.role === role)?.modules.filter(({ before, after }) => after > before);
    if (grown && grown.length > 0) {
      return [`what grew most in ${role}:`, ...grown.slice(0, 5).map(({ name, before, after, why }) => `  +${after - before} ${name}, because of ${why.join(' → ')}`)];
    }
    return [`largest in ${role}:`, ...(analysis.roles[role]?.modules ?? []).slice(0, 5).map(({ path, bytes, why }) => `  ${bytes} ${path}, because of ${why.join(' → ')}`)];
  });
}
