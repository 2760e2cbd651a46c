import type { PageId } from '../snapshot-store.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';

export interface CollectOptions {
  /** Every page and block a snapshot needs; may throw. Asked once per snapshot. */
  contentsOf(ref: SnapshotRef): Promise<Iterable<PageId>>;
  /** Now, in ms. Only differences count: nothing that is needed depends on a right clock. */
  now: number;
  /** How long something must have been seen unneeded before it is removed. Spares writers a repetition. @default 3600000 */
  graceMs?: number;
  /** After how long a writer that announced a manifest and never wrote it counts as dead. @default 3600000 */
  writerTimeoutMs?: number;
  /** Packs of which less than this share is needed are rewritten, and small ones merged once there are many. @default 0.5 */
  liveShare?: number;
}

export interface Collected {
  /** Pages and blocks that snapshots need. */
  live: number;
  /** Objects removed, and their bytes. */
  removed: number;
  freedBytes: number;
  /** Pages written anew because their pack went. */
  moved: number;
  /** Objects that wait for their grace to pass, or for a writer to finish. */
  waiting: number;
  /** Writers that were seen at work: while there are any nothing is removed. */
  writers: number;
  /** Needed pages of which no whole copy was found: what holds their remains is kept. */
  damaged: readonly PageId[];
}

export const DEFAULT_GRACE_MS = 3_600_000;
