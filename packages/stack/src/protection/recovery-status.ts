import type { ProcessId, Slot } from '@beamline/core';
import type { InstanceId } from '@beamline/deployer';
import { byAge, paceOfDrills, recoveryAlerts, snapshotCadence, type Cadence, type DrillReport, type RecoveryAlert, type RecoveryPace } from '@beamline/persistence';

/** What would happen if this instance were lost now, as far as drills have proved it. */
export interface RecoveryStatus {
  instance: InstanceId;
  process: ProcessId;
  /** Asked for. */
  withinMs: number;
  /** The last drill that was good; absent when none was. */
  proved?: { ref: string; at: number; recoveryMs: number; replayed: number };
  /** Of the newest snapshot; absent before the first. */
  snapshot?: { slot: Slot; at: number };
  /** Messages that would be replayed. */
  behind: number;
  /** Absent until a drill measured something. */
  cadence?: Cadence;
  /** What other times would cost, for comparison. */
  costs: readonly { withinMs: number; cadence: Cadence }[];
  alerts: readonly RecoveryAlert[];
}

export interface InstanceFacts {
  instance: InstanceId;
  process: ProcessId;
  /** Of this process. */
  drills: readonly DrillReport[];
  snapshots: readonly { slot: Slot; at: number; bytes: number }[];
  slot: Slot;
  messagesPerSecond: number;
  since: number;
}

export interface ProtectionPolicy {
  withinMs: number;
  drillEveryMs: number;
}

/** Times people compare with. */
const COMPARED_MS = [10_000, 30_000];

export function recoveryStatus(facts: InstanceFacts, policy: ProtectionPolicy, now: number): RecoveryStatus {
  const { instance, process, slot } = facts;
  const drills = byAge(facts.drills, now);
  const pace = paceOf(facts, drills);
  const newest = facts.snapshots.at(-1);
  const good = drills.findLast(({ outcome }) => outcome === 'good');
  const cadence = pace && snapshotCadence(pace, policy.withinMs);
  return {
    instance, process, withinMs: policy.withinMs,
    ...(good && { proved: { ref: good.ref, at: good.at, recoveryMs: good.recoveryMs, replayed: good.replayed } }),
    ...(newest && { snapshot: { slot: newest.slot, at: newest.at } }),
    behind: slot - (newest?.slot ?? 0),
    ...(cadence && { cadence }),
    costs: pace === undefined ? [] : COMPARED_MS.map((withinMs) => ({ withinMs, cadence: snapshotCadence(pace, withinMs) })),
    alerts: recoveryAlerts({ drills, slot, since: facts.since, ...(newest && { snapshot: newest }), ...(cadence && { cadence }) }, policy, now),
  };
}

function paceOf({ snapshots, messagesPerSecond }: InstanceFacts, drills: readonly DrillReport[]): RecoveryPace | undefined {
  const measured = paceOfDrills(drills);
  if (measured === undefined) return undefined;
  const increments = snapshots.slice(1).map(({ slot, bytes }, n) => ({ messages: slot - snapshots[n]!.slot, bytes }));
  return { ...measured, messagesPerSecond, fullBytes: Math.max(0, ...snapshots.map(({ bytes }) => bytes)), increments };
}

/** What to do for an instance now. A snapshot that is taken is drilled; one that nobody proved for long is drilled again. */
export function nextStep({ proved, snapshot, behind, cadence, alerts }: RecoveryStatus, { drillEveryMs }: ProtectionPolicy, now: number): 'snapshot' | 'drill' | 'wait' {
  if (snapshot === undefined) return 'snapshot';
  if (alerts.some(({ code }) => code === 'persistence/drill-failed')) return 'snapshot';
  if (cadence === undefined || proved === undefined || Math.abs(now - proved.at) >= drillEveryMs) return behind > 0 ? 'snapshot' : 'drill';
  return cadence.reachable && behind >= cadence.afterMessages ? 'snapshot' : 'wait';
}
