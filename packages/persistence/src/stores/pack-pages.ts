import { inThread } from '../threads/page-threads.ts';
import { placed } from '../threads/placed-pages.ts';
import { MAX_PACK_PAGES, type PackedChunk } from './chunk-pack.ts';
import { chunksOf } from './page-chunk.ts';
import type { PackedPage } from './segmented-page.ts';

/** A single page costs the unpacking of one chunk; larger ones would compress 2 % better. */
const CHUNK_BYTES = 512 * 1024;
/** Of a pack, before compression. A medium that cannot cut reads packs as a whole. */
const PACK_BYTES = 32 * 1024 * 1024;

/** Compresses pages into chunks. Pages in shared memory are read where they lie, and must stay as they are meanwhile. */
export async function packPages(pages: readonly PackedPage[]): Promise<PackedChunk[]> {
  return Promise.all(Array.from(chunksOf(pages, CHUNK_BYTES), packRun));
}

async function packRun(run: readonly PackedPage[]): Promise<PackedChunk> {
  const { memories, places, bytes } = placed(run);
  const { frame, rawBytes } = await inThread('pack', { memories, places, widths: run[0]!.widths, lengths: run.map(({ lengths }) => lengths) }, bytes);
  return { ids: run.map(({ id }) => id), frame, rawBytes };
}

/** Cuts a put into packs. */
export function* packsOf(pages: readonly PackedPage[]): Iterable<readonly PackedPage[]> {
  let from = 0;
  let size = 0;
  for (let n = 0; n < pages.length; n += 1) {
    const { bytes } = pages[n]!;
    if (n > from && (n - from === MAX_PACK_PAGES || size + bytes.length > PACK_BYTES)) {
      yield pages.slice(from, n);
      from = n;
      size = 0;
    }
    size += bytes.length;
  }
  if (pages.length > from) yield pages.slice(from);
}
