import { setImmediate } from 'node:timers/promises';
import { Fault } from '@beamline/core';
import type { Clock, ProcessId } from '@beamline/core';
import { rootOfTrees } from '../image-root.ts';
import { encodeManifest } from '../manifest-codec.ts';
import { readManifest } from '../read-manifest.ts';
import { sha256Hex } from '../sha256.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import type { SnapshotReceipt } from '../write-image.ts';
import type { ColumnSource, TableSource } from './column-source.ts';
import { createPageStream, type PageStream } from './page-stream.ts';
import { readSource, type Rest, type SourceRead } from './read-source.ts';
import { blockedTable, copyDraft, draftOfEntry, dropSurplus, emptyDraft, renewBlocks, type TableDraft } from './table-draft.ts';

export interface SnapshotterOptions {
  source: ColumnSource;
  store: SnapshotStore;
  game: string;
  role: string;
  /** The name of the world's history: letters, digits, `-` and `_`. */
  process: ProcessId;
  /** The stored snapshot that the world was restored from: what was not written since is neither read nor put again. */
  parent?: SnapshotRef;
  /** About this many bytes are copied before the world gets its turn. @default 262_144, 0.1 ms */
  sliceBytes?: number;
  /** Tells when a snapshot was taken, for retention. @default it is not noted */
  clock?: Pick<Clock, 'now'>;
  /** Lets the world run. @default a turn of the event loop */
  breathe?: () => Promise<unknown>;
}

/** What a snapshot of a world in JavaScript came to; `pagesReused` were not read. */
export interface ColumnReceipt extends Omit<SnapshotReceipt, 'digest'> {
  /** Copied at the end in one go, because written while the others were read: the world stood still for this long. */
  bytesAtCut: number;
}

/** Takes snapshots of one world, each at the cost of what changed since the one before. */
export interface Snapshotter {
  /**
   * Stores the state as of one slot while the world goes on between the slices. A snapshot that fails leaves no manifest,
   * and the next one begins from the last that succeeded.
   * @throws Fault `persistence/busy` while another is under way, `persistence/bad-cell`, the store's; for `parent` as
   * `readManifest`, and `persistence/layout-mismatch`.
   */
  snapshot(signal?: AbortSignal): Promise<ColumnReceipt>;
}

export function createSnapshotter(
  { source, store, game, role, process, parent, clock, sliceBytes = 256 * 1024, breathe = () => setImmediate() }: SnapshotterOptions,
): Snapshotter {
  let last: { ref: SnapshotRef; drafts: readonly TableDraft[] } | undefined;
  let busy = false;

  async function take(signal?: AbortSignal): Promise<ColumnReceipt> {
    if (last === undefined && parent !== undefined) last = { ref: parent, drafts: await draftsOf(store, parent, source) };
    const drafts = source.tables().map((table) => draftFor(table, last?.drafts));
    const stream = createPageStream(store);
    try {
      const read = await readSource(source, drafts, stream, slices(sliceBytes, breathe, signal));
      return await seal(drafts, stream, read);
    } catch (error) {
      await stream.abandon();
      throw error;
    }
  }

  async function seal(drafts: readonly TableDraft[], stream: PageStream, { slot, pagesRead, bytesAtCut }: SourceRead): Promise<ColumnReceipt> {
    await stream.name(() => {
      for (const draft of drafts) dropSurplus(draft);
      return drafts.flatMap(renewBlocks);
    });
    // Threads and the disk have the last pages now: the manifest is made meanwhile.
    const { layout } = source;
    const root = rootOfTrees(drafts.map((draft) => ({ ...draft, tree: draft.tree.root() })));
    const body = encodeManifest({
      game, role, process, slot, layout, root, tables: drafts.map(blockedTable), ...(last && { parent: last.ref }), ...(clock && { takenAt: clock.now() }),
    });
    const ref: SnapshotRef = { process, slot, sha256: sha256Hex(body) };
    const contents = drafts.flatMap(({ blocks, entries }) => [...blocks, ...entries.map(({ id }) => id)]);
    const { bytes } = await stream.finish();
    const manifestBytes = await store.putManifest(ref, body, contents);
    last = { ref, drafts };
    const pages = drafts.reduce((sum, { entries }) => sum + entries.length, 0);
    return { ref, slot, root, pages, pagesReused: Math.max(0, pages - pagesRead), bytes: bytes + manifestBytes, bytesAtCut };
  }

  return {
    async snapshot(signal) {
      if (busy) {
        throw new Fault('persistence/busy', `a snapshot of ${process} is under way`, { hint: 'Wait for it: each begins where the one before ended.', retryable: true });
      }
      busy = true;
      try {
        return await take(signal);
      } finally {
        busy = false;
      }
    },
  };
}

function draftFor(table: TableSource, known: readonly TableDraft[] = []): TableDraft {
  const draft = known.find(({ name }) => name === table.name);
  return draft !== undefined && sameColumns(draft, table) ? copyDraft(draft) : emptyDraft(table);
}

async function draftsOf(store: SnapshotStore, parent: SnapshotRef, source: ColumnSource): Promise<TableDraft[]> {
  const manifest = await readManifest(store, parent);
  if (manifest.layout !== source.layout) {
    throw new Fault('persistence/layout-mismatch', `the parent has layout ${manifest.layout}, the world has ${source.layout}`, {
      hint: 'Take a full snapshot: leave the parent out.',
    });
  }
  return manifest.tables.map((table) => draftOfEntry(table, manifest.slot));
}

function sameColumns(a: Pick<TableSource, 'columns'>, b: Pick<TableSource, 'columns'>): boolean {
  return a.columns.length === b.columns.length
    && a.columns.every(({ name, kind }, c) => name === b.columns[c]!.name && kind === b.columns[c]!.kind);
}

function slices(sliceBytes: number, breathe: () => Promise<unknown>, signal?: AbortSignal): Rest {
  let done = 0;
  return (bytes) => {
    done += bytes;
    if (done < sliceBytes) return undefined;
    done = 0;
    signal?.throwIfAborted();
    return breathe();
  };
}
