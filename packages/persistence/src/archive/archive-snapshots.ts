import type { FieldKind } from '@beamline/ecs';
import { manifestName } from '../bucket/bucket-store.ts';
import { readManifest, readStoredManifest } from '../read-manifest.ts';
import { sha256Hex } from '../sha256.ts';
import { compareRefs, type SnapshotRef } from '../snapshot-ref.ts';
import type { PageId, SnapshotStore } from '../snapshot-store.ts';
import { encodeChunkPack } from '../stores/chunk-pack.ts';
import { packPages, packsOf } from '../stores/pack-pages.ts';
import { segmented, type PackedPage } from '../stores/segmented-page.ts';
import { ARCHIVED_SNAPSHOTS } from './archive-bucket.ts';
import { encodeArchive, type ArchiveSourceEntry } from './archive-format.ts';

export interface ArchiveOptions {
  store: SnapshotStore;
  /** Which snapshots; pages they share are written once. */
  refs: readonly SnapshotRef[];
  /** Anything else, opaque: releases, the environment's state, its journals. Written first, by name. @default none */
  files?: readonly ArchiveSourceEntry[];
}

/** Reads on their way at once. */
const READS = 16;
/** Pages gathered before packs are cut from them. */
const GATHERED_BYTES = 32 * 1024 * 1024;

/**
 * Snapshots and whatever goes with them as the bytes of one file: every page read and verified on the way, pages before
 * manifests. The same content makes the same bytes, in whatever order it is given. Memory: some 32 MB of pages and the
 * largest file. Inside it is laid out as a folder of an environment: unpacked, `snapshots/` is a store.
 * @throws Fault those of the store: a snapshot that is not whole is not archived
 */
export async function* archiveSnapshots({ store, refs, files = [] }: ArchiveOptions, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  yield* encodeArchive(entriesOf(store, [...refs].sort(compareRefs), [...files].sort((a, b) => (a.name < b.name ? -1 : 1)), signal));
}

async function* entriesOf(store: SnapshotStore, refs: readonly SnapshotRef[], files: readonly ArchiveSourceEntry[], signal?: AbortSignal): AsyncIterable<ArchiveSourceEntry> {
  yield* files;
  const written = new Set<PageId>();
  let gathered: PackedPage[] = [];
  let size = 0;
  for (const ref of refs) {
    const wanted = [...await kindsOf(store, ref)].filter(([id]) => !written.has(id));
    for (let n = 0; n < wanted.length; n += READS) {
      signal?.throwIfAborted();
      const pages = await Promise.all(wanted.slice(n, n + READS).map(async ([id, kinds]) => segmented({ id, bytes: await store.getPage(id), kinds })));
      for (const page of pages) {
        written.add(page.id);
        gathered.push(page);
        size += page.bytes.length;
      }
      if (size < GATHERED_BYTES) continue;
      yield* packed(gathered);
      [gathered, size] = [[], 0];
    }
  }
  yield* packed(gathered);
  for (const ref of refs) yield { name: ARCHIVED_SNAPSHOTS + manifestName(ref), read: () => store.getManifest(ref) };
}

async function* packed(pages: readonly PackedPage[]): AsyncIterable<ArchiveSourceEntry> {
  for (const batch of packsOf(pages)) {
    const { bytes, headBytes } = encodeChunkPack(await packPages(batch));
    yield { name: `${ARCHIVED_SNAPSHOTS}packs/${sha256Hex(bytes.subarray(0, headBytes))}.pack`, read: async () => bytes };
  }
}

/** Every page and block of a snapshot with the kinds of its columns, in the order of the manifest. */
async function kindsOf(store: SnapshotStore, ref: SnapshotRef): Promise<ReadonlyMap<PageId, readonly FieldKind[]>> {
  const [stored, manifest] = [await readStoredManifest(store, ref), await readManifest(store, ref)];
  const kinds = new Map<PageId, readonly FieldKind[]>();
  if (stored.version === 2) for (const { blocks } of stored.tables) for (const id of blocks) kinds.set(id, []);
  for (const { columns, pages } of manifest.tables) for (const { id } of pages) kinds.set(id, columns.map(({ kind }) => kind));
  return kinds;
}
