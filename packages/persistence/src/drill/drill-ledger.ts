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

/** The newest report of each snapshot, by its ref. */
export function verdicts(reports: readonly DrillReport[]): ReadonlyMap<string, DrillReport> {
  return new Map([...reports].sort((a, b) => a.at - b.at).map((report) => [report.ref, report]));
}
