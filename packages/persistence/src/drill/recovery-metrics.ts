import type { Labels, Meter } from '@beamline/core';
import type { DrillReport } from './drill-report.ts';

/** Counts what drills prove. Labels are the caller's: instance, role. */
export interface RecoveryMetrics {
  drilled(report: DrillReport, labels: Labels): void;
  /** A snapshot exists: what would have to be replayed, or would be lost if the schedule were too. */
  covered(point: { messages: number; ageMs: number }, labels: Labels): void;
}

/** Gauges and a counter `beamline_recovery_…` on a meter. */
export function recoveryMetrics(meter: Meter): RecoveryMetrics {
  const time = meter.gauge('beamline_recovery_time_seconds', 'Proved by the last good drill: from nothing to the state of the running process');
  const point = meter.gauge('beamline_recovery_point_messages', 'Messages after the newest snapshot');
  const age = meter.gauge('beamline_recovery_point_seconds', 'Age of the newest snapshot');
  const proved = meter.gauge('beamline_recovery_proved_timestamp_seconds', 'When a drill was last good, in seconds since 1970');
  const drills = meter.counter('beamline_recovery_drills_total', 'Drills by outcome');
  return {
    drilled(report, labels) {
      drills.add(1, { ...labels, outcome: report.outcome });
      if (report.outcome === 'bad') return;
      time.set(report.recoveryMs / 1000, labels);
      proved.set(report.at / 1000, labels);
    },
    covered({ messages, ageMs }, labels) {
      point.set(messages, labels);
      age.set(ageMs / 1000, labels);
    },
  };
}

/**
 * Prometheus alerting rules on these metrics, as a rule file. They fire on silence too: when nobody proves anything, or
 * nobody reports.
 */
export function recoveryRules({ withinMs, drillEveryMs }: { withinMs: number; drillEveryMs: number }): string {
  const silentSeconds = Math.ceil((2 * drillEveryMs) / 1000);
  const rule = (alert: string, expr: string, summary: string) =>
    `      - alert: ${alert}\n        expr: ${expr}\n        labels: { severity: page }\n        annotations: { summary: ${JSON.stringify(summary)} }\n`;
  return `groups:\n  - name: beamline-recovery\n    rules:\n${[
    rule('BeamlineRecoveryUnproved', `time() - beamline_recovery_proved_timestamp_seconds > ${silentSeconds}`, 'No snapshot of {{ $labels.instance }} was proved in time'),
    rule('BeamlineRecoverySilent', `absent(beamline_recovery_proved_timestamp_seconds)`, 'Nobody proves that snapshots can be restored'),
    rule('BeamlineRecoveryDrillFailed', `increase(beamline_recovery_drills_total{outcome="bad"}[1h]) > 0`, 'A snapshot of {{ $labels.instance }} did not come back'),
    rule('BeamlineRecoverySlow', `beamline_recovery_time_seconds > ${withinMs / 1000}`, 'Recovery of {{ $labels.instance }} takes longer than asked for'),
  ].join('')}`;
}
