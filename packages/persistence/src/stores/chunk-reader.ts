import { inThread } from '../threads/page-threads.ts';
import type { PackedRun } from './pack-index.ts';
import { unframePage } from './page-frame.ts';
import type { UnpackedPage } from './segmented-page.ts';

/** Unpacks runs of pages and keeps some: pages of one snapshot mostly lie in the same ones. */
export interface ChunkReader {
  /**
   * Page `n` of a run, unverified; or why it cannot be unpacked. It is the caller's: nobody else is given the same memory.
   * `undefined`: the pack is gone.
   * @throws what `read` throws
   */
  page(pack: string, run: PackedRun, n: number): Promise<UnpackedPage | Error | undefined>;
  /** All its pages, in order. Nothing is kept of them. Otherwise as `page`. */
  pages(pack: string, run: PackedRun): Promise<readonly UnpackedPage[] | Error | undefined>;
  /** Forgets what was read of a pack. */
  forget(pack: string): void;
}

/** Pages, those given away left out; what is wrong; or nothing, where the pack is gone. */
type Unpacked = (UnpackedPage | undefined)[] | Error | undefined;

interface Kept {
  pack: string;
  pages: Promise<Unpacked>;
  bytes: number;
}

/** Unpacked, in memory. */
const KEPT_BYTES = 16 * 1024 * 1024;

export function createChunkReader(read: (pack: string, length: number, offset: number) => Promise<Uint8Array | undefined>): ChunkReader {
  /** Pages leave the list as they are given away. */
  const kept = new Map<PackedRun, Kept>();
  let keptBytes = 0;

  async function unpack(pack: string, { offset, length, rawBytes }: PackedRun): Promise<UnpackedPage[] | Error | undefined> {
    const bytes = await read(pack, length, offset);
    if (bytes === undefined) return undefined;
    if (bytes.length < length) return new RangeError(`${pack} ends before offset ${offset + length}`);
    try {
      if (rawBytes === undefined) return [unframePage(bytes)];
      // A view would take all it is a view of to the thread.
      const frame = bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
      return await inThread('unpack', { frame, rawBytes }, rawBytes);
    } catch (error) {
      return error instanceof Error ? error : new RangeError(String(error));
    }
  }

  function drop(run: PackedRun): void {
    keptBytes -= kept.get(run)?.bytes ?? 0;
    kept.delete(run);
  }

  function pagesOf(pack: string, run: PackedRun): Promise<Unpacked> {
    const held = kept.get(run);
    if (held !== undefined) {
      // Those asked for last are kept longest.
      kept.delete(run);
      kept.set(run, held);
      return held.pages;
    }
    const entry: Kept = { pack, pages: unpack(pack, run), bytes: run.rawBytes ?? run.length };
    kept.set(run, entry);
    keptBytes += entry.bytes;
    for (const oldest of kept.keys()) {
      if (keptBytes <= KEPT_BYTES || oldest === run) break;
      drop(oldest);
    }
    // A failed read is tried again next time.
    entry.pages.catch(() => { if (kept.get(run) === entry) drop(run); });
    return entry.pages;
  }

  return {
    pages: unpack,

    async page(pack, run, n) {
      for (let again = false; ; again = true) {
        if (again) drop(run);
        const pages = await pagesOf(pack, run);
        if (pages === undefined || pages instanceof Error) return pages;
        const page = pages[n];
        pages[n] = undefined;
        if (page !== undefined) return page;
        if (again) return new RangeError(`${pack} has fewer pages at offset ${run.offset}`);
      }
    },

    forget(pack) {
      for (const [run, entry] of kept) if (entry.pack === pack) drop(run);
    },
  };
}
