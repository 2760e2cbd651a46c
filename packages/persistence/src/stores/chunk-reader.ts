import { decodeChunk } from './page-chunk.ts';
import { unframePage } from './page-frame.ts';
import type { SegmentedPage } from './segmented-page.ts';
import { decompress } from './zstd.ts';

/** Where a copy of a page lies: in a chunk with others, or alone in a frame of version 1. */
export interface Place {
  pack: string;
  offset: number;
  length: number;
  chunk?: { place: number; rawBytes: number };
}

/** Unpacks chunks and keeps some: pages of one snapshot mostly lie in the same ones. */
export interface ChunkReader {
  /**
   * A page, unverified; or why it cannot be unpacked. It is the caller's: nobody else is given the same memory.
   * `undefined`: the pack is gone.
   * @throws what `read` throws
   */
  page(place: Place): Promise<SegmentedPage | Error | undefined>;
  /** Forgets what was read of one pack, or of all. */
  forget(pack?: string): void;
}

/** Pages, those given away left out; what is wrong; or nothing, where the pack is gone. */
type Unpacked = (SegmentedPage | undefined)[] | Error | undefined;

/** Unpacked, in memory. */
const KEPT_BYTES = 16 * 1024 * 1024;

export function createChunkReader(read: (pack: string, length: number, offset: number) => Promise<Uint8Array | undefined>): ChunkReader {
  /** Pages leave the list as they are given away. */
  const kept = new Map<string, { pages: Promise<Unpacked>; bytes: number }>();
  let keptBytes = 0;

  async function unpack({ pack, offset, length, chunk }: Place): Promise<Unpacked> {
    const bytes = await read(pack, length, offset);
    if (bytes === undefined) return undefined;
    if (bytes.length < length) return new RangeError(`${pack} ends before offset ${offset + length}`);
    try {
      return chunk === undefined ? [unframePage(bytes)] : decodeChunk(await decompress(bytes, chunk.rawBytes));
    } catch (error) {
      return error instanceof Error ? error : new RangeError(String(error));
    }
  }

  /** @param again unpacks anew what is kept */
  function pagesAt(place: Place, again: boolean): Promise<Unpacked> {
    const key = `${place.pack} ${place.offset}`;
    const held = kept.get(key);
    if (again && held !== undefined) keptBytes -= held.bytes;
    const found = again ? undefined : held;
    kept.delete(key);
    const entry = found ?? { pages: unpack(place), bytes: place.chunk?.rawBytes ?? place.length };
    kept.set(key, entry);
    if (found !== undefined) return found.pages;
    keptBytes += entry.bytes;
    for (const [oldest, { bytes }] of kept) {
      if (keptBytes <= KEPT_BYTES || oldest === key) break;
      kept.delete(oldest);
      keptBytes -= bytes;
    }
    // A failed read is tried again next time.
    entry.pages.catch(() => { if (kept.get(key) === entry) { kept.delete(key); keptBytes -= entry.bytes; } });
    return entry.pages;
  }

  return {
    async page(place) {
      const n = place.chunk?.place ?? 0;
      for (let again = false; ; again = true) {
        const pages = await pagesAt(place, again);
        if (pages === undefined || pages instanceof Error) return pages;
        const page = pages[n];
        pages[n] = undefined;
        if (page !== undefined) return page;
        if (again) return new RangeError(`${place.pack} has fewer pages at offset ${place.offset}`);
      }
    },
    forget(pack) {
      for (const [key, { bytes }] of kept) {
        if (pack !== undefined && !key.startsWith(`${pack} `)) continue;
        kept.delete(key);
        keptBytes -= bytes;
      }
    },
  };
}
