import type { ProcessId } from '@beamline/core';
import type { FieldKind } from '@beamline/ecs';
import type { CollectOptions, Collected } from './collect/collect.ts';
import type { SnapshotRef } from './snapshot-ref.ts';

/** Lower-case hex SHA-256 of a page's canonical bytes. */
export type PageId = string;

/** One page as stores receive it. */
export interface Page {
  id: PageId;
  /** Canonical bytes (`pageBytes` of ecs): u32 row count, then each column. */
  bytes: Uint8Array;
  /** Kinds of the columns in order: lets a store compress by column. Not part of the identity. */
  kinds: readonly FieldKind[];
}

/** What a `putPages` added: pages that were not there, and what they take in the store. */
export interface Written {
  pages: number;
  bytes: number;
}

/**
 * Where snapshots live: pages by content, manifests by process and slot. A snapshot is its manifest plus the pages the
 * manifest names; pages are shared by all snapshots that contain them.
 *
 * Contract (checked for every store by `describeSnapshotStore` in `@beamline/persistence/testing`):
 * - A put that resolves is durable, and atomic: readers see the whole body or nothing. Putting the same again succeeds,
 *   and replaces a stored copy that is damaged.
 * - Puts refuse bytes that don't hash to their name; reads verify before they return: `persistence/hash-mismatch`.
 * - What is not there is `persistence/missing`. A failing medium is `persistence/write-failed` or `…/read-failed`.
 * - `list` yields refs by process, then in ascending slot order.
 */
export interface SnapshotStore {
  /** Short, stable name used in logs and errors: `memory`, `fs`. */
  readonly kind: string;
  putPages(pages: readonly Page[]): Promise<Written>;
  getPage(id: PageId): Promise<Uint8Array>;
  /**
   * Many pages at less than the cost of `getPage` for each: calls `visit` with the place of an id in `ids` and the page's
   * verified bytes, in any order. Resolves to the places of those that are not whole where they were looked for first;
   * `getPage` has them, or says what is wrong. Absent: `getPage` is as good.
   */
  readPages?(ids: readonly PageId[], visit: (n: number, bytes: Uint8Array) => void, signal?: AbortSignal): Promise<readonly number[]>;
  /**
   * Put the pages first: a manifest promises that they are there. With `contents`, all pages and blocks it needs, the
   * store checks the promise, and keeps it against a collection that runs at the same time: `persistence/incomplete` when
   * one is not here, or about to be removed (put the pages again). Resolves to the bytes it takes in the store.
   */
  putManifest(ref: SnapshotRef, body: Uint8Array, contents?: Iterable<PageId>): Promise<number>;
  getManifest(ref: SnapshotRef): Promise<Uint8Array>;
  /** Snapshots of one process, or of all. */
  list(process?: ProcessId): AsyncIterable<SnapshotRef>;
  /** Nothing can be deleted: `delete` throws `persistence/permanent`, and `collect` is absent. */
  readonly permanent?: true;
  /** Forgets manifests; pages stay until they are collected. Deleting what is missing is not an error. */
  delete(refs: readonly SnapshotRef[]): Promise<void>;
  /** Which of these pages are not here, as far as indexes and sizes tell: no page is read. */
  absent?(ids: Iterable<PageId>): Promise<readonly PageId[]>;
  /** Removes pages that no listed snapshot needs. Absent: this store keeps everything (Arweave), or leaves it to its parts. */
  collect?(options: CollectOptions, signal?: AbortSignal): Promise<Collected>;
}
