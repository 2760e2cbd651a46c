import type { ProcessId } from '@beamline/core';
import type { DrillReport } from './drill-report.ts';

/**
 * What drills found out, for good. A snapshot is good when its newest report says so.
 *
 * Contract (checked by `describeDrillLedger` in `@beamline/persistence/testing`): a `record` that resolves survives a
 * power cut; recording the same report again changes nothing; `list` yields in the order of `at`.
 */
export interface DrillLedger {
  record(report: DrillReport): Promise<void>;
  list(process?: ProcessId): Promise<readonly DrillReport[]>;
}

export function createMemoryDrillLedger(): DrillLedger {
  const reports = new Map<string, DrillReport>();
  return {
    record: async (report) => void reports.set(nameOf(report), report),
    list: async (process) => inOrder([...reports.values()].filter((report) => process === undefined || report.process === process)),
  };
}

/** Two reports of one snapshot at one millisecond are the same report. */
export const nameOf = ({ ref, at }: DrillReport): string => `${ref}.${at}`;

export const inOrder = (reports: DrillReport[]): readonly DrillReport[] => reports.sort((a, b) => a.at - b.at);

/** The newest report of each snapshot, by its ref: the one that went furthest in the schedule, which no clock can turn back. */
export function verdicts(reports: readonly DrillReport[]): ReadonlyMap<string, DrillReport> {
  return new Map([...reports].sort((a, b) => a.upTo - b.upTo || a.at - b.at).map((report) => [report.ref, report]));
}

/**
 * Oldest first: the later one went further in the schedule; where nothing came in between, as far as clocks tell: it is
 * nearer to now. So a report from the future, whose clock was wrong, does not stay the newest. Of one process.
 */
export function byAge(reports: readonly DrillReport[], now: number): DrillReport[] {
  return [...reports].sort((a, b) => a.upTo - b.upTo || Math.abs(now - b.at) - Math.abs(now - a.at));
}
