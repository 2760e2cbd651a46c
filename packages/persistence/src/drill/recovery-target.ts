import type { DrillReport } from './drill-report.ts';

/** What recoveries of one process take, as measured; times in milliseconds. */
export interface RecoveryPace {
  /** Everything that doesn't depend on how many messages are to be replayed: making a process, loading, switching over. */
  fixedMs: number;
  replayPerSecond: number;
  /** What players send. */
  messagesPerSecond: number;
  /** A snapshot that changes every page. */
  fullBytes: number;
  /** What incremental snapshots cost, and after how many messages. */
  increments: readonly { messages: number; bytes: number }[];
}

export type Cadence =
  | {
      reachable: true;
      /** A snapshot is due when so many messages came after the last one. */
      afterMessages: number;
      /** The same as time, at the pace players send now. `Infinity` when they send nothing. */
      everyMs: number;
      bytesPerDay: number;
    }
  | {
      reachable: false;
      /** The least a recovery takes, with a snapshot that lacks nothing. */
      floorMs: number;
    };

/** Part of the time asked for that a plan uses up: drills on a quiet machine are faster than recoveries on a bad day. */
const CAREFUL = 0.8;

/**
 * How often to take snapshots so that a recovery takes at most `withinMs`:
 *
 *   fixedMs + afterMessages / replayPerSecond ≤ 0.8 · withinMs
 *
 * Increments are taken to cost in proportion to the messages they cover, up to a full snapshot.
 */
export function snapshotCadence(pace: RecoveryPace, withinMs: number): Cadence {
  const { fixedMs, replayPerSecond, messagesPerSecond } = pace;
  const left = CAREFUL * withinMs - fixedMs;
  const afterMessages = Math.floor((left / 1000) * replayPerSecond);
  if (!(afterMessages >= 1)) return { reachable: false, floorMs: Math.ceil(fixedMs / CAREFUL) };
  const everyMs = messagesPerSecond > 0 ? (afterMessages / messagesPerSecond) * 1000 : Infinity;
  const perDay = everyMs === Infinity ? 0 : 86_400_000 / everyMs;
  return { reachable: true, afterMessages, everyMs, bytesPerDay: Math.round(perDay * incrementBytes(pace, afterMessages)) };
}

function incrementBytes({ increments, fullBytes }: RecoveryPace, messages: number): number {
  const known = increments.filter((one) => one.messages > 0);
  if (known.length === 0) return fullBytes;
  const bytes = known.reduce((sum, one) => sum + one.bytes, 0);
  const covered = known.reduce((sum, one) => sum + one.messages, 0);
  return Math.min(fullBytes, (bytes / covered) * messages);
}

/** Reports that say how fast things are now. */
const RECENT = 5;

/** The slowest of the last good drills counts. `undefined` before the first one. */
export function paceOfDrills(reports: readonly DrillReport[]): Pick<RecoveryPace, 'fixedMs' | 'replayPerSecond'> | undefined {
  const good = reports.filter(({ outcome }) => outcome === 'good').slice(-RECENT);
  if (good.length === 0) return undefined;
  // A drill with a handful of messages measures the round trip, not the pace.
  const measured = good.filter(({ replayed, replayMs }) => replayed >= 50 && replayMs > 0);
  return {
    fixedMs: Math.max(...good.map(({ recoveryMs, replayMs }) => recoveryMs - replayMs)),
    replayPerSecond: measured.length === 0 ? CAUTIOUS_REPLAY : Math.min(...measured.map(({ replayed, replayMs }) => (replayed * 1000) / replayMs)),
  };
}

/** Messages a second until a drill had enough of them to tell. */
const CAUTIOUS_REPLAY = 200;
