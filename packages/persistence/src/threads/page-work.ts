import { hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { allocate, type Memory } from '../stores/cell-planes.ts';
import { decodeChunk, encodeChunk } from '../stores/page-chunk.ts';
import type { SegmentedPage, UnpackedPage } from '../stores/segmented-page.ts';

/** Pages by where they lie: three numbers each, which of the memories, offset, length. */
export interface PlacedPages {
  memories: readonly ArrayBufferLike[];
  places: Uint32Array;
}

/** What takes long about pages, as plain data that crosses threads. */
export interface PageWork {
  /** Their SHA-256, lower-case hex. */
  name: { asked: PlacedPages; answer: readonly string[] };
  /** A chunk of them (page-chunk.ts) as a zstd frame. */
  pack: { asked: PlacedPages & Pick<SegmentedPage, 'widths'> & { lengths: SegmentedPage['lengths'][] }; answer: { frame: Uint8Array; rawBytes: number } };
  /** The pages of such a frame, and what their bytes hash to. */
  unpack: { asked: { frame: Uint8Array; rawBytes: number }; answer: UnpackedPage[] };
}

/** Kept from one piece of work to the next. */
export interface Scratch {
  planes?: Memory;
}

/** What a chunk may keep in memory for the next one. */
const KEPT_BYTES = 640 * 1024;
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

/** Does a piece of work in this thread. @throws RangeError or zlib's error for a frame that is none */
export const doPageWork: { [K in keyof PageWork]: (asked: PageWork[K]['asked'], scratch: Scratch) => PageWork[K]['answer'] } = {
  name: (pages) => viewsOf(pages).map(sha256Hex),

  pack({ widths, lengths, ...pages }, scratch) {
    const run = viewsOf(pages).map((bytes, n): SegmentedPage => ({ bytes, widths, lengths: lengths[n]! }));
    const room = run.reduce((sum, { bytes }) => sum + bytes.length, 8 + 4 * widths.length * (1 + run.length));
    const memory = scratch.planes !== undefined && scratch.planes.bytes.length >= room ? scratch.planes : allocate(Math.max(room, KEPT_BYTES));
    if (memory.bytes.length <= KEPT_BYTES) scratch.planes = memory;
    const raw = encodeChunk(run, memory);
    const packed = zstdCompressSync(raw, { params, chunkSize: Math.max(1024, raw.length >> 2) });
    // The host's buffer is mostly empty, or not its own.
    return { frame: new Uint8Array(packed), rawBytes: raw.length };
  },

  unpack({ frame, rawBytes }) {
    const raw = zstdDecompressSync(frame, { chunkSize: Math.max(1024, rawBytes), maxOutputLength: Math.max(1, rawBytes) });
    if (raw.length !== rawBytes) throw new RangeError(`${raw.length} bytes instead of ${rawBytes}`);
    return decodeChunk(raw).map((page) => ({ ...page, sha256: sha256Hex(page.bytes) }));
  },
};

const sha256Hex = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

function viewsOf({ memories, places }: PlacedPages): Uint8Array[] {
  return Array.from({ length: places.length / 3 }, (_, n) => new Uint8Array(memories[places[3 * n]!]!, places[3 * n + 1], places[3 * n + 2]));
}
