import { randomBytes } from 'node:crypto';
import type { RandomAccess } from '../archive/open-archive.ts';
import type { Entropy } from './seal-bytes.ts';
import type { KeyRing } from './seal-key.ts';
import { CHUNK, openChunk, openHeader, plainSize, SEALED_HEADER, SEALED_TAG, sealChunk, sealedHeader } from './sealed-format.ts';

/** Encrypts bytes as they come, in the format of sealed objects; at most one chunk is held back. */
export async function* sealStream(keys: KeyRing, name: string, plain: AsyncIterable<Uint8Array>, entropy: Entropy = randomBytes): AsyncIterable<Uint8Array> {
  const sealer = sealedHeader(keys[0], entropy(32), name);
  const sealed = (number: number, last: boolean, bytes: Uint8Array): Uint8Array => {
    const chunk = new Uint8Array(bytes.length + SEALED_TAG);
    sealChunk(sealer, number, last, bytes, chunk, 0);
    return chunk;
  };
  yield sealer.header;
  let held = Buffer.alloc(0);
  let n = 0;
  for await (const bytes of plain) {
    held = Buffer.concat([held, bytes]);
    let at = 0;
    // A full chunk waits for a byte after it: it may be the last.
    for (; held.length - at > CHUNK; at += CHUNK) yield sealed(n++, false, held.subarray(at, at + CHUNK));
    held = held.subarray(at);
  }
  yield sealed(n, true, held);
}

/**
 * A sealed file as its plain bytes, decrypted chunk by chunk where it is read. The last chunk is opened first: a file that
 * was cut is refused before anything is read of it.
 * @throws Fault `persistence/sealed-damaged`, `persistence/unknown-key`, `persistence/not-sealed`
 */
export async function openSealedFile(keys: KeyRing, name: string, sealed: RandomAccess): Promise<RandomAccess> {
  const opener = openHeader(keys, await sealed.read(0, SEALED_HEADER), name);
  const sizeBytes = plainSize(sealed.sizeBytes);
  const last = Math.max(0, Math.ceil((sealed.sizeBytes - SEALED_HEADER) / (CHUNK + SEALED_TAG)) - 1);
  const chunk = async (n: number): Promise<Uint8Array> => {
    const bytes = await sealed.read(SEALED_HEADER + n * (CHUNK + SEALED_TAG), CHUNK + SEALED_TAG);
    const plain = new Uint8Array(Math.max(0, bytes.length - SEALED_TAG));
    openChunk(opener, n, n === last, bytes, plain, 0);
    return plain;
  };
  await chunk(last);

  return {
    sizeBytes,
    async read(offset, length) {
      const end = Math.min(offset + length, sizeBytes);
      if (end <= offset) return new Uint8Array(0);
      const parts: Uint8Array[] = [];
      for (let n = Math.floor(offset / CHUNK); n * CHUNK < end; n += 1) parts.push(await chunk(n));
      const all = Buffer.concat(parts);
      const from = offset - Math.floor(offset / CHUNK) * CHUNK;
      return new Uint8Array(all.buffer, all.byteOffset + from, end - offset);
    },
  };
}
