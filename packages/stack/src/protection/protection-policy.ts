import type { RecoveryConfig } from '../config.ts';
import { durationMs } from '../duration.ts';
import type { ProtectionPolicy } from './recovery-status.ts';

/** What `beamline recovery` compares with where nothing is asked for. */
const UNASKED_MS = 30_000;
const HOUR_MS = 3_600_000;

export function protectionPolicy(recovery: RecoveryConfig | undefined): ProtectionPolicy {
  return {
    withinMs: recovery === undefined ? UNASKED_MS : durationMs(recovery.within),
    drillEveryMs: recovery?.drillEvery === undefined ? HOUR_MS : durationMs(recovery.drillEvery),
  };
}
