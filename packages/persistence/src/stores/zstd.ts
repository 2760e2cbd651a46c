import { promisify } from 'node:util';
import { constants, createZstdCompress, zstdCompressSync, zstdDecompress, type ZstdCompress } from 'node:zlib';

const decompressAsync = promisify(zstdDecompress);
const params = { [constants.ZSTD_c_compressionLevel]: 1 };
/** What takes hardly more time (0.2 ms) than the trip to a thread, which a busy machine makes long. */
const SMALL_BYTES = 128 * 1024;
/** Output comes in slices of buffers of this size. */
const OUTPUT_BYTES = 1024 * 1024;

/** Compresses on the host's threads, one piece at a time, each into a zstd frame of its own. */
export interface Compressor {
  /** `bytes` must stay as they are until this resolves. */
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/** A compressor keeps its context of about 1 MB from piece to piece: making it anew each time costs more than a page's compression. */
export function createCompressor(): Compressor {
  let stream: ZstdCompress | undefined;
  let output: Uint8Array[] = [];

  function open(): ZstdCompress {
    // Ends a frame with every write.
    const fresh = createZstdCompress({ chunkSize: OUTPUT_BYTES, flush: constants.ZSTD_e_end, params });
    fresh.on('data', (piece: Uint8Array) => { output.push(piece); });
    fresh.on('error', () => undefined); // passed to the write's callback
    return fresh;
  }

  return {
    async compress(bytes) {
      if (bytes.length <= SMALL_BYTES) return zstdCompressSync(bytes, { params });
      const writer = stream ??= open();
      output = [];
      await new Promise<void>((resolve, reject) => {
        writer.write(bytes, (error) => { if (error) reject(error); else resolve(); });
      }).catch((error: unknown) => {
        stream = undefined; // it is of no use any more
        throw error;
      });
      return output.length === 1 ? output[0]! : Buffer.concat(output);
    },
    close() {
      stream?.destroy();
      stream = undefined;
    },
  };
}

/** @throws zlib's error for anything that is not a frame; RangeError when it does not hold `size` bytes */
export async function decompress(frame: Uint8Array, size: number): Promise<Uint8Array> {
  const bytes = await decompressAsync(frame, { chunkSize: Math.max(1024, size), maxOutputLength: Math.max(1, size) });
  if (bytes.length !== size) throw new RangeError(`${bytes.length} bytes instead of ${size}`);
  return bytes;
}
