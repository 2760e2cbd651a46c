import type { Slot } from '@beamline/core';
import { byAge } from './drill-ledger.ts';
import type { DrillReport } from './drill-report.ts';
import type { Cadence } from './recovery-target.ts';

export type RecoveryAlert = {
  code: 'persistence/drill-failed' | 'persistence/drills-silent' | 'persistence/snapshots-silent' | 'persistence/target-unreachable';
  message: string;
  hint: string;
};

export interface RecoveryFacts {
  /** Of one process. */
  drills: readonly DrillReport[];
  /** When its newest snapshot was taken, and at which slot; absent before the first. */
  snapshot?: { at: number; slot: Slot };
  /** Messages the process has now. */
  slot: Slot;
  /** When it began to be protected: silence before that is nobody's fault. */
  since: number;
  cadence?: Cadence;
}

export interface RecoveryPolicy {
  withinMs: number;
  /** A good drill at least so often. */
  drillEveryMs: number;
}

/** What a person must know. Time that passes without news is news: a watcher that died must not look like health. */
export function recoveryAlerts({ drills: known, snapshot, slot, since, cadence }: RecoveryFacts, { withinMs, drillEveryMs }: RecoveryPolicy, now: number): RecoveryAlert[] {
  const alerts: RecoveryAlert[] = [];
  const drills = byAge(known, now);
  const last = drills.at(-1);
  if (last?.outcome === 'bad') {
    alerts.push({
      code: 'persistence/drill-failed',
      message: `the snapshot of slot ${last.slot} did not come back: ${last.message}`,
      hint: 'Take a new snapshot and drill it; keep the old ones until one is good.',
    });
  }
  const proved = drills.findLast(({ outcome }) => outcome === 'good')?.at ?? since;
  // A clock that was set back must not hide silence, nor one set forward invent it for ever: distance counts.
  if (Math.abs(now - proved) > 2 * drillEveryMs) {
    alerts.push({
      code: 'persistence/drills-silent',
      message: `no snapshot was proved for ${seconds(Math.abs(now - proved))} (every ${seconds(drillEveryMs)} is asked for)`,
      hint: 'Is the orchestrator running? beamline drill <environment> proves one now.',
    });
  }
  if (cadence?.reachable === false) {
    alerts.push({
      code: 'persistence/target-unreachable',
      message: `a recovery takes at least ${seconds(cadence.floorMs)}, ${seconds(withinMs)} is asked for`,
      hint: 'Ask for more time, split the world into shards, or use a faster node.',
    });
  } else if (cadence !== undefined && slot - (snapshot?.slot ?? 0) > 2 * cadence.afterMessages) {
    alerts.push({
      code: 'persistence/snapshots-silent',
      message: `${slot - (snapshot?.slot ?? 0)} messages came since the last snapshot; one is due every ${cadence.afterMessages}`,
      hint: 'Is the orchestrator running, and has the store space? beamline snapshot <environment> takes one now.',
    });
  }
  return alerts;
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
