import { describeError, type Clock } from '@beamline/core';
import type { RetentionPolicy } from '@beamline/persistence';
import type { BackupPruned } from '../backup/backup.ts';
import type { Timeline } from '../timeline/timeline.ts';

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];

export interface ScheduledPruneOptions {
  keep: RetentionPolicy;
  clock: Pick<Clock, 'now'>;
  events: Timeline;
  /** As `Backup.prune`. */
  prune(signal?: AbortSignal): Promise<readonly BackupPruned[]>;
}

/** How often a policy has something to drop: in its finest period. `undefined`: never, as it keeps everything. */
export function pruneEveryMs({ last, hourly, daily, weekly, monthly }: RetentionPolicy): number | undefined {
  if (last !== undefined || hourly !== undefined) return HOUR_MS;
  if (daily !== undefined) return DAY_MS;
  return weekly !== undefined || monthly !== undefined ? 7 * DAY_MS : undefined;
}

/**
 * Prunes when it is due, counted from when it did so last, and at first at once; after a failure again in an hour. A clock
 * that jumped makes it due. Trouble is told once, until it is over. Several programs may do so on the same stores.
 */
export function createScheduledPrune({ keep, clock, events, prune }: ScheduledPruneOptions): (signal?: AbortSignal) => Promise<void> {
  const everyMs = pruneEveryMs(keep);
  let triedAt: number | undefined;
  let isTroubled = false;

  return async (signal) => {
    const waitMs = isTroubled ? HOUR_MS : everyMs;
    if (waitMs === undefined || (triedAt !== undefined && Math.abs(clock.now() - triedAt) < waitMs)) return;
    triedAt = clock.now();
    try {
      const pruned = await prune(signal);
      isTroubled = false;
      const dropped = pruned.filter((store) => store.dropped.length > 0).map(({ store, dropped: gone, kept }) => `${gone.length} in ${store}, which has ${kept}`);
      if (dropped.length > 0) events.publish({ kind: 'note', level: 'info', text: `Dropped backups that the policy does not keep: ${dropped.join('; ')}` });
    } catch (error) {
      if (signal?.aborted === true) return;
      if (!isTroubled) events.publish({ kind: 'note', level: 'warning', text: `Backups could not be pruned: ${describeError(error)}` });
      isTroubled = true;
    }
  };
}
