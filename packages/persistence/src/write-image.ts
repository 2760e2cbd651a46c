import type { ProcessId } from '@beamline/core';
import { pageBytes, pageImageDigest } from '@beamline/ecs';
import { rootOf } from './image-root.ts';
import { worldDigestOf } from './image-digest.ts';
import { indexBlocks } from './index-block.ts';
import type { BlockedTable, Manifest, SnapshotContent } from './manifest.ts';
import { encodeManifest } from './manifest-codec.ts';
import { namedPage } from './named-page.ts';
import { readManifest } from './read-manifest.ts';
import { sha256Hex } from './sha256.ts';
import type { SnapshotRef } from './snapshot-ref.ts';
import type { Page, SnapshotStore } from './snapshot-store.ts';
import type { WorldImage } from './world-image.ts';
import { pagesOf } from './world-image.ts';

/** What a snapshot came to. */
export interface SnapshotReceipt {
  ref: SnapshotRef;
  slot: number;
  /** SHA-256 Merkle root, hex. */
  root: string;
  /** In-process digest. */
  digest: string;
  /** Pages the snapshot consists of. */
  pages: number;
  /** Of these, taken from the parent without being asked for. */
  pagesReused: number;
  /** Added to the store: new pages and index blocks as packed there, and the manifest. */
  bytes: number;
}

export interface WriteImageOptions {
  store: SnapshotStore;
  image: WorldImage;
  game: string;
  role: string;
  /** The process whose history the snapshot belongs to. */
  process: ProcessId;
  /** The snapshot it was made from, in the same store: pages it has too are not put again. */
  parent?: SnapshotRef;
  /** When, in ms, for retention. Leave it out and the same image is the same snapshot whenever it is written. */
  takenAt?: number;
}

/**
 * Stores a decoded world as a snapshot: a migrated one, or one that was edited. Idempotent.
 * @throws Fault as `readManifest` for the parent; the store's.
 */
export async function writeImage({ store, image, game, role, process, parent, takenAt }: WriteImageOptions): Promise<SnapshotReceipt> {
  const base = parent === undefined ? undefined : await readManifest(store, parent);
  const present = new Set(base?.tables.flatMap((table) => table.pages.map(({ id }) => id)));
  const pages: Page[] = [];
  const tables = image.tables.map((table) => {
    const kinds = table.columns.map(({ kind }) => kind);
    const entries = pagesOf(table).map((page, n) => {
      const named = namedPage(pageBytes(table.columns, page), kinds);
      const { id } = named;
      if (!present.has(id)) pages.push(named);
      return { id, digest: pageImageDigest(table.columns, page), stamp: table.stamps[n]! };
    });
    return { name: table.name, columns: table.columns, rows: table.rows, pages: entries };
  });
  const { slot, layout } = image;
  const digest = worldDigestOf(tables);
  return storeSnapshot({ store, content: { game, role, process, slot, layout, tables, digest, ...(parent && { parent }), ...(takenAt !== undefined && { takenAt }) }, pages, base });
}

export interface StoreSnapshotOptions {
  store: SnapshotStore;
  content: SnapshotContent & { digest: string };
  /** Those the parent lacks. */
  pages: readonly Page[];
  base?: Manifest | undefined;
}

/** Pages and index blocks first, then the manifest that promises them. */
export async function storeSnapshot({ store, content, pages, base }: StoreSnapshotOptions): Promise<SnapshotReceipt> {
  const root = rootOf(content.tables.map((table) => ({ ...table, pages: table.pages.map(({ id }) => id) })));
  const present = new Set(base?.tables.flatMap((table) => indexBlocks(table.pages).map(({ id }) => id)));
  const blocks: Page[] = [];
  const tables = content.tables.map(({ pages: entries, ...table }): BlockedTable => {
    const made = indexBlocks(entries);
    blocks.push(...made.filter(({ id }) => !present.has(id)));
    return { ...table, blocks: made.map(({ id }) => id) };
  });
  const body = encodeManifest({ ...content, tables, root });
  const ref: SnapshotRef = { process: content.process, slot: content.slot, sha256: sha256Hex(body) };
  const written = await store.putPages([...pages, ...blocks]);
  const contents = [...tables.flatMap((table) => table.blocks), ...content.tables.flatMap((table) => table.pages.map(({ id }) => id))];
  const manifestBytes = await store.putManifest(ref, body, contents);
  const count = content.tables.reduce((sum, table) => sum + table.pages.length, 0);
  return {
    ref, slot: content.slot, root, digest: content.digest,
    pages: count, pagesReused: count - pages.length, bytes: written.bytes + manifestBytes,
  };
}
