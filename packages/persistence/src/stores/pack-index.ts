import type { PageId } from '../snapshot-store.ts';
import { decodeChunkPackIndex } from './chunk-pack.ts';
import type { Place } from './chunk-reader.ts';
import { decodeFramePackIndex } from './page-pack.ts';

/** Enough to read most indexes. */
export const PACK_HEAD_BYTES = 64 * 1024;

/** One page as its pack's index tells of it. */
export interface PackEntry extends Omit<Place, 'pack'> {
  id: PageId;
  /** Of the pack's bytes, on average: pages of a chunk are compressed as one. */
  share: number;
}

/**
 * The pages of a pack of any version, from the beginning of its bytes. `{ needs }`: that many of them are needed to tell.
 * `undefined`: not the beginning of a pack, or a damaged one.
 */
export function decodePackIndex(head: Uint8Array): PackEntry[] | { needs: number } | undefined {
  return decodeChunkPackIndex(head) ?? decodeFramePackIndex(head);
}
