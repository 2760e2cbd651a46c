import type { PageId } from '../snapshot-store.ts';
import { decodeChunkPackIndex } from './chunk-pack.ts';
import { decodeFramePackIndex } from './page-pack.ts';

/** Enough to read most indexes. */
export const PACK_HEAD_BYTES = 64 * 1024;

/** Pages of a pack that are unpacked together: a chunk, or one page in a frame of version 1. */
export interface PackedRun {
  ids: readonly PageId[];
  offset: number;
  length: number;
  /** Of a chunk, without compression. */
  rawBytes?: number;
}

/**
 * The pages of a pack of any version, from the beginning of its bytes. `{ needs }`: that many of them are needed to tell.
 * `undefined`: not the beginning of a pack, or a damaged one.
 */
export function decodePackIndex(head: Uint8Array): PackedRun[] | { needs: number } | undefined {
  return decodeChunkPackIndex(head) ?? decodeFramePackIndex(head);
}
