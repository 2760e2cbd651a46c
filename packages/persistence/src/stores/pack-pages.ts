import type { Page } from '../snapshot-store.ts';
import { allocate, type Memory } from './cell-planes.ts';
import type { PackedChunk } from './chunk-pack.ts';
import { chunksOf, encodeChunk } from './page-chunk.ts';
import { createCompressor, type Compressor } from './zstd.ts';

/** A single page costs the unpacking of one chunk; larger ones would compress 2 % better. */
const CHUNK_BYTES = 512 * 1024;
/** For what stands before a chunk's cells. */
const HEAD_ROOM = 32 * 1024;
/** Chunks being compressed at once, by all packers together: the host's pool has four threads, and others use it too. */
const AT_ONCE = 3;

/** Compresses pages into chunks. */
export interface Packer {
  pack(pages: readonly Page[]): Promise<PackedChunk[]>;
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

  async function packRun(run: readonly Page[], bench: Bench): Promise<PackedChunk> {
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
