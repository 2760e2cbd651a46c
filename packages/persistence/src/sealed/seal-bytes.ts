import { randomBytes } from 'node:crypto';
import { CHUNK, openChunk, openHeader, SEALED_HEADER, SEALED_TAG, sealChunk, sealedHeader, sealedSize } from './sealed-format.ts';
import type { KeyRing } from './seal-key.ts';

/** Random bytes, for tests that need the same object twice. */
export type Entropy = (bytes: number) => Uint8Array;

/** Encrypts under the first key. `name` must be given again to open it. */
export function sealBytes(keys: KeyRing, name: string, plain: Uint8Array, entropy: Entropy = randomBytes): Uint8Array {
  const sealer = sealedHeader(keys[0], entropy(32), name);
  const sealed = unset(sealedSize(plain.length));
  sealed.set(sealer.header);
  let at = SEALED_HEADER;
  for (let n = 0; n === 0 || n * CHUNK < plain.length; n += 1) {
    at = sealChunk(sealer, n, (n + 1) * CHUNK >= plain.length, plain.subarray(n * CHUNK, (n + 1) * CHUNK), sealed, at);
  }
  return sealed;
}

/**
 * Decrypts what `sealBytes` made. With `head`, of a beginning that reaches at least one byte into the chunk after those it
 * gives, or to the end.
 * @throws Fault `persistence/sealed-damaged`, `persistence/unknown-key`, `persistence/not-sealed`
 */
export function openSealed(keys: KeyRing, name: string, sealed: Uint8Array, { head = false }: { head?: boolean } = {}): Uint8Array {
  const opener = openHeader(keys, sealed, name);
  const plain = unset(sealed.length); // a little more than comes out
  const size = CHUNK + SEALED_TAG;
  let to = 0;
  for (let n = 0, at = SEALED_HEADER; n === 0 || at < sealed.length; n += 1, at += size) {
    const last = at + size >= sealed.length;
    // The chunk a head ends in was read to know that the one before is not the last.
    if (last && head && n > 0 && sealed.length - at < SEALED_TAG) break;
    to = openChunk(opener, n, last, sealed.subarray(at, at + size), plain, to);
  }
  return plain.subarray(0, to);
}

/** Memory that is not cleared first: every byte that is given away is written. */
function unset(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}
