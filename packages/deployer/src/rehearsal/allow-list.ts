import { tooDear } from './costs.ts';
import type { AllowedDifference, Difference, DifferenceKind, RehearsalReport, RehearsedInstance } from './report.ts';

/** When a rehearsal passes: with nothing that is not allowed. */
export interface RehearsalPolicy {
  /** Differences that are meant to be. @default none */
  allow?: readonly AllowedDifference[];
  /** How many times as many instructions a system or action may take. @default 1.5 */
  maxCostRatio?: number;
}

/** The same findings under a policy, which need not be the one they were first judged by. */
export function judge(report: RehearsalReport, { allow = [], maxCostRatio = 1.5 }: RehearsalPolicy = {}): RehearsalReport {
  const instances = report.instances.map((instance): RehearsedInstance => {
    const found = [...instance.differences.filter(({ kind }) => kind !== 'cost'), ...dear(instance, maxCostRatio)];
    return { ...instance, differences: found.map((difference) => ({ ...difference, allowed: isAllowed(allow, instance.role, difference) })) };
  });
  const passed = instances.every(({ differences, more }) => more === 0 && differences.every(({ allowed }) => allowed));
  return { ...report, instances, outcome: passed && (report.fork?.problems.length ?? 0) === 0 ? 'passed' : 'failed' };
}

const dear = ({ cost, to }: RehearsedInstance, ratio: number): Difference[] => tooDear(cost, ratio).map(({ name, old = 0, new: fresh = 0 }) => ({
  kind: 'cost', at: name, count: cost.counted, examples: [{ slot: to, old: `${old} instructions`, new: `${fresh} instructions` }], allowed: false,
}));

const isAllowed = (allow: readonly AllowedDifference[], role: string, { kind, at }: { kind: DifferenceKind; at: string }): boolean =>
  allow.some((entry) => entry.kind === kind && (entry.role ?? role) === role && covers(entry.at, at));

const covers = (entry: string | undefined, at: string): boolean => entry === undefined || at === entry || at.startsWith(`${entry}.`);

/** The entry that would allow exactly this. */
export const entryFor = (role: string, { kind, at }: Pick<Difference, 'kind' | 'at'>): Required<AllowedDifference> => ({ kind, role, at });

/** What one would add to the config if all that failed were intended, each place once. */
export function missingEntries({ instances }: RehearsalReport): Required<AllowedDifference>[] {
  const entries = new Map<string, Required<AllowedDifference>>();
  for (const { role, differences } of instances) {
    for (const difference of differences) {
      if (!difference.allowed) entries.set(`${role} ${difference.kind} ${difference.at}`, entryFor(role, difference));
    }
  }
  return [...entries.values()];
}

/** As it would stand in a config. */
export const printEntry = ({ kind, role, at }: Required<AllowedDifference>): string => `{ kind: '${kind}', role: '${role}', at: ${quoted(at)} }`;

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
