import { isFault } from '@beamline/core';
import type { FaultCode, ProcessId, Slot } from '@beamline/core';
import { faultAt } from '../fault-at.ts';
import type { LogRecord } from '../log/log-format.ts';
import { compareRefs, formatRef, type SnapshotRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import type { ColumnWorld } from './column-world.ts';
import { readColumns } from './read-columns.ts';

export interface RecoverColumnsOptions<W> {
  store: SnapshotStore;
  /** The name of the world's history. */
  process: ProcessId;
  /** The log from a sequence on (`readLog`): the record of sequence n is the message of slot n. */
  records: (from: number) => AsyncIterable<LogRecord>;
  /** Makes the running world, of stored columns or from nothing. */
  start: (columns: ColumnWorld | undefined) => W | Promise<W>;
  /** Applies one message, as it was applied when it was logged. */
  apply: (world: W, record: LogRecord) => void | Promise<void>;
}

export interface RecoveredColumns<W> {
  world: W;
  /** Everything up to here is contained. */
  slot: Slot;
  /** The snapshot it began with; absent when the log alone had everything. */
  ref?: SnapshotRef;
  /** Newer snapshots that were not usable, newest first, and why. */
  skipped: readonly { ref: SnapshotRef; code: FaultCode; message: string }[];
  replayed: number;
}

/** A snapshot with one of these is passed over; anything else ends the recovery. */
const UNUSABLE = new Set<FaultCode>([
  'persistence/hash-mismatch', 'persistence/missing', 'persistence/manifest-damaged', 'persistence/manifest-version', 'persistence/layout-mismatch',
]);

/**
 * Brings a world in JavaScript back: the newest valid snapshot, then the log after it. The exact state, or a Fault.
 * @throws Fault `persistence/log-gap` when the log no longer reaches back to a usable snapshot, `persistence/log-damaged`,
 * both naming what was wrong with the snapshots passed over; the store's.
 */
export async function recoverColumns<W>(
  { store, process, records, start, apply }: RecoverColumnsOptions<W>, signal?: AbortSignal,
): Promise<RecoveredColumns<W>> {
  const refs: SnapshotRef[] = [];
  for await (const ref of store.list(process)) refs.push(ref);
  const skipped: { ref: SnapshotRef; code: FaultCode; message: string }[] = [];
  let base: { world: W; ref?: SnapshotRef; slot: Slot } | undefined;
  for (const ref of refs.sort(compareRefs).reverse()) {
    try {
      base = { world: await start(await readColumns(store, ref, signal)), ref, slot: ref.slot };
      break;
    } catch (error) {
      if (!isFault(error) || !UNUSABLE.has(error.code)) throw error;
      skipped.push({ ref, code: error.code, message: `${formatRef(ref)}: ${error.message}` });
    }
  }
  base ??= { world: await start(undefined), slot: 0 };
  let { slot } = base;
  let replayed = 0;
  try {
    for await (const record of records(slot + 1)) {
      signal?.throwIfAborted();
      await apply(base.world, record);
      slot = record.sequence;
      replayed += 1;
    }
  } catch (error) {
    // It is the snapshots passed over that the log cannot make up for.
    if (!isFault(error) || skipped.length === 0) throw error;
    throw faultAt(error, `after ${skipped.map(({ message }) => message).join('; ')}`, { skipped: skipped.length });
  }
  return { world: base.world, slot, ...(base.ref && { ref: base.ref }), skipped, replayed };
}
