import { allocate, type Memory } from './cell-planes.ts';
import { MAX_PACK_PAGES, type PackedChunk } from './chunk-pack.ts';
import { chunksOf, encodeChunk } from './page-chunk.ts';
import type { PackedPage } from './segmented-page.ts';
import { createCompressor, type Compressor } from './zstd.ts';

/** A single page costs the unpacking of one chunk; larger ones would compress 2 % better. */
const CHUNK_BYTES = 512 * 1024;
/** Of a pack, before compression. A medium that cannot cut reads packs as a whole. */
const PACK_BYTES = 32 * 1024 * 1024;
/** For what stands before a chunk's cells. */
const HEAD_ROOM = 32 * 1024;
/** Chunks being compressed at once, by all packers together: the host's pool has four threads, and others use it too. */
const AT_ONCE = 3;

/** Compresses pages into chunks. */
export interface Packer {
  pack(pages: readonly PackedPage[]): Promise<PackedChunk[]>;
}

interface Bench {
  compressor: Compressor;
  memory?: Memory;
}

export function createPacker(): Packer {
  const free: Bench[] = Array.from({ length: AT_ONCE }, () => ({ compressor: createCompressor() }));
  const waiting: ((bench: Bench) => void)[] = [];

  const take = async (): Promise<Bench> => free.pop() ?? new Promise((resolve) => { waiting.push(resolve); });
  const giveBack = (bench: Bench): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(bench);
    else next(bench);
  };

  async function packRun(run: readonly PackedPage[], bench: Bench): Promise<PackedChunk> {
    try {
      const size = run.reduce((sum, { bytes }) => sum + bytes.length, HEAD_ROOM);
      // What is kept between puts is bounded; a page larger than a chunk has memory of its own.
      if (bench.memory === undefined || bench.memory.bytes.length < size) bench.memory = allocate(size);
      const raw = encodeChunk(run, bench.memory);
      return { ids: run.map(({ id }) => id), frame: await bench.compressor.compress(raw), rawBytes: raw.length };
    } finally {
      if (bench.memory !== undefined && bench.memory.bytes.length > CHUNK_BYTES + HEAD_ROOM) delete bench.memory;
      giveBack(bench);
    }
  }

  return {
    async pack(pages) {
      const chunks: Promise<PackedChunk>[] = [];
      for (const run of chunksOf(pages, CHUNK_BYTES)) {
        const chunk = packRun(run, await take());
        chunk.catch(() => undefined); // thrown by the one that waits for all
        chunks.push(chunk);
      }
      return Promise.all(chunks);
    },
  };
}

/** Cuts a put into packs. */
export function* packsOf(pages: readonly PackedPage[]): Iterable<readonly PackedPage[]> {
  let from = 0;
  let size = 0;
  for (const [n, { bytes }] of pages.entries()) {
    if (n > from && (n - from === MAX_PACK_PAGES || size + bytes.length > PACK_BYTES)) {
      yield pages.slice(from, n);
      from = n;
      size = 0;
    }
    size += bytes.length;
  }
  if (pages.length > from) yield pages.slice(from);
}
