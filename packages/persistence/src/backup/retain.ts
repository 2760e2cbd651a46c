import type { SnapshotRef } from '../snapshot-ref.ts';

/** How many to keep; what several rules keep is kept once. No rule at all keeps everything. */
export interface RetentionPolicy {
  /** The newest so many of each series. */
  last?: number;
  /** The newest of each of the last so many hours, days, weeks, months (UTC) that have any. */
  hourly?: number;
  daily?: number;
  weekly?: number;
  monthly?: number;
}

export interface RetainedSnapshot {
  ref: SnapshotRef;
  /** ms; `undefined`: its manifest doesn't say. */
  takenAt: number | undefined;
  /** Snapshots are counted per series, such as an instance, whose process changes when it is deployed. @default its process */
  series?: string;
  /** `false`: known to be damaged. It counts for nothing and is not dropped by a rule. @default true */
  valid?: boolean;
}

export type RetentionReason = 'newest' | 'last' | 'hourly' | 'daily' | 'weekly' | 'monthly' | 'future' | 'undated' | 'damaged' | 'no-rule' | 'expired';

export interface Retention {
  keep: readonly RetainedSnapshot[];
  drop: readonly RetainedSnapshot[];
  /** The first reason for each: the snapshot, as given, → why. */
  why: ReadonlyMap<RetainedSnapshot, RetentionReason>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Clocks of different machines differ by less; what is further ahead was taken by a clock that is wrong. */
const TOLERANCE_MS = 5 * 60_000;

/** Names the period a time falls in. Weeks begin on Monday: 1970-01-01 was a Thursday. */
const PERIODS: readonly [keyof RetentionPolicy & RetentionReason, (ms: number) => number][] = [
  ['hourly', (ms) => Math.floor(ms / HOUR)],
  ['daily', (ms) => Math.floor(ms / DAY)],
  ['weekly', (ms) => Math.floor((ms + 3 * DAY) / (7 * DAY))],
  ['monthly', (ms) => new Date(ms).getUTCFullYear() * 12 + new Date(ms).getUTCMonth()],
];

/**
 * Decides what a policy keeps. Pure. Manifests name all their pages, so no snapshot needs another one. Against clocks:
 * the newest valid snapshot of each series is always kept, newest by slot, not by time; periods are counted among those
 * that have snapshots, never back from `now`, so a `now` that jumped ahead drops nothing; a snapshot from the future is
 * kept, and takes nobody's place in a period; one without a time is left to people where a rule asks for times, one known
 * to be damaged always.
 */
export function retain(snapshots: readonly RetainedSnapshot[], policy: RetentionPolicy, now: number): Retention {
  const why = new Map<RetainedSnapshot, RetentionReason>();
  const note = (snapshot: RetainedSnapshot, reason: RetentionReason) => { if (!why.has(snapshot)) why.set(snapshot, reason); };
  const noRule = Object.values(policy).every((count) => count === undefined);
  const byTime = PERIODS.some(([rule]) => policy[rule] !== undefined);

  for (const series of seriesOf(snapshots).values()) {
    const newestFirst = bySlot(series.filter(({ valid }) => valid !== false), now);
    if (newestFirst[0] !== undefined) note(newestFirst[0], 'newest');
    for (const snapshot of newestFirst.slice(0, policy.last ?? 0)) note(snapshot, 'last');
    const dated = newestFirst.filter((snapshot) => isDated(snapshot, now)).sort((a, b) => b.takenAt! - a.takenAt!);
    for (const [rule, periodOf] of PERIODS) {
      const periods = new Set<number>();
      for (const snapshot of dated) {
        const period = periodOf(snapshot.takenAt!);
        if (periods.has(period) || periods.size >= (policy[rule] ?? 0)) continue;
        periods.add(period);
        note(snapshot, rule);
      }
    }
    for (const snapshot of series) {
      if (noRule) note(snapshot, 'no-rule');
      else if (snapshot.valid === false) note(snapshot, 'damaged');
      else if (snapshot.takenAt === undefined && byTime) note(snapshot, 'undated');
      else note(snapshot, snapshot.takenAt === undefined || isDated(snapshot, now) ? 'expired' : 'future');
    }
  }
  const dropped = (snapshot: RetainedSnapshot) => why.get(snapshot) === 'expired';
  return { keep: snapshots.filter((one) => !dropped(one)), drop: snapshots.filter(dropped), why };
}

const isDated = ({ takenAt }: RetainedSnapshot, now: number): boolean => takenAt !== undefined && takenAt <= now + TOLERANCE_MS;

function seriesOf(snapshots: readonly RetainedSnapshot[]): Map<string, RetainedSnapshot[]> {
  const found = new Map<string, RetainedSnapshot[]>();
  for (const snapshot of snapshots) {
    const series = snapshot.series ?? snapshot.ref.process;
    const others = found.get(series);
    if (others === undefined) found.set(series, [snapshot]);
    else others.push(snapshot);
  }
  return found;
}

/** Newest first: within a process by slot; processes by the last time, not of the future, at which one was taken. */
function bySlot(series: readonly RetainedSnapshot[], now: number): RetainedSnapshot[] {
  const lastOf = new Map<string, number>();
  for (const snapshot of series) {
    const time = isDated(snapshot, now) ? snapshot.takenAt! : -Infinity;
    lastOf.set(snapshot.ref.process, Math.max(lastOf.get(snapshot.ref.process) ?? -Infinity, time));
  }
  const [times, key] = [lastOf, (one: RetainedSnapshot) => one.ref.process];
  return [...series].sort((a, b) => {
    if (key(a) === key(b)) return b.ref.slot - a.ref.slot || (b.takenAt ?? 0) - (a.takenAt ?? 0);
    const [x, y] = [times.get(key(a))!, times.get(key(b))!];
    return x === y ? (key(a) < key(b) ? -1 : 1) : x < y ? 1 : -1;
  });
}
