import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { Fault } from '@beamline/core';
import { keyWithId, type KeyRing, type SealKey } from './seal-key.ts';

/*
 * A sealed object (an object of an encrypted bucket, an encrypted archive):
 *
 *   offset  size   field
 *   0       4      magic "BLSE"
 *   4       1      version, 1
 *   5       1      algorithm, 1 = AES-256-GCM in chunks
 *   6       2      zero
 *   8       16     id of the key
 *   24      32     salt, random
 *   56      …      chunks: 65,536 bytes each, the last one shorter or as long; each followed by its 16-byte tag
 *
 * key of the object = HKDF-SHA-256(key, salt, "beamline sealed object")
 * nonce of chunk n  = 7 zero bytes ‖ u32 big-endian n ‖ 1 for the last chunk, else 0
 * associated data   = the 56 bytes of the header ‖ the object's name, UTF-8
 *
 * A nonce cannot repeat under a key: each object has a key of its own from 256 random bits, and within it each chunk its
 * number. (Random 96-bit nonces under one key would be due for a collision after 2^32 objects.) Chunks cannot be swapped
 * (numbers), cut off (the last one is marked), or moved to another object (the name is authenticated).
 */
const MAGIC = 0x45534c42; // "BLSE"
export const SEALED_HEADER = 56;
export const CHUNK = 65_536;
const TAG = 16;
const PURPOSE = 'beamline sealed object';

/** Seals or opens the chunks of one object. */
export interface SealedHeader {
  header: Buffer;
  key: KeyObject;
  /** What every chunk is bound to. */
  bound: Buffer;
}

export function sealedHeader(key: SealKey, salt: Uint8Array, name: string): SealedHeader {
  const header = Buffer.alloc(SEALED_HEADER);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt8(1, 4);
  header.writeUInt8(1, 5);
  header.write(key.id, 8, 'hex');
  header.set(salt, 24);
  return { header, key: key.derive(salt, PURPOSE), bound: Buffer.concat([header, Buffer.from(name, 'utf8')]) };
}

/** @throws Fault `persistence/not-sealed`, `persistence/sealed-version`, `persistence/unknown-key` */
export function openHeader(keys: KeyRing, sealed: Uint8Array, name: string): SealedHeader {
  const header = Buffer.from(sealed.subarray(0, SEALED_HEADER));
  if (header.length < SEALED_HEADER || header.readUInt32LE(0) !== MAGIC) {
    throw new Fault('persistence/not-sealed', `${name} is not encrypted, or its beginning is damaged`, {
      hint: 'Something else wrote there, or the store was used without encryption before. Use another folder or prefix.',
    });
  }
  if (header.readUInt8(4) !== 1 || header.readUInt8(5) !== 1 || header.readUInt16LE(6) !== 0) {
    throw new Fault('persistence/sealed-version', `${name} is sealed in a way this reader does not know`, { hint: 'Upgrade Beamline to the version that wrote it.' });
  }
  const key = keyWithId(keys, header.toString('hex', 8, 24), name);
  return { header, key: key.derive(header.subarray(24, SEALED_HEADER), PURPOSE), bound: Buffer.concat([header, Buffer.from(name, 'utf8')]) };
}

/** Bytes of `plain` once sealed, and back. A plain length of 0 has one empty chunk. */
export const sealedSize = (plain: number): number => SEALED_HEADER + plain + TAG * Math.max(1, Math.ceil(plain / CHUNK));
export function plainSize(sealed: number): number {
  const body = sealed - SEALED_HEADER;
  return Math.max(0, body - TAG * Math.max(1, Math.ceil(body / (CHUNK + TAG))));
}
/** How much of a sealed object to read to have `plain` bytes of it, and to know whether its last chunk was seen. */
export const sealedHead = (plain: number): number => SEALED_HEADER + (CHUNK + TAG) * Math.max(1, Math.ceil(plain / CHUNK)) + 1;

/** Writes one chunk and its tag at `at` of `target`; resolves to where it ends. */
export function sealChunk({ key, bound }: SealedHeader, n: number, last: boolean, plain: Uint8Array, target: Uint8Array, at: number): number {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(n, last));
  cipher.setAAD(bound);
  target.set(cipher.update(plain), at);
  cipher.final(); // GCM holds nothing back
  target.set(cipher.getAuthTag(), at + plain.length);
  return at + plain.length + TAG;
}

/** @throws Fault `persistence/sealed-damaged`; then what was written to `target` is not to be used */
export function openChunk({ key, bound }: SealedHeader, n: number, last: boolean, sealed: Uint8Array, target: Uint8Array, at: number): number {
  const length = sealed.length - TAG;
  if (length < 0) throw sealedDamaged(bound, n);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(n, last));
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(length));
  target.set(decipher.update(sealed.subarray(0, length)), at);
  try {
    decipher.final();
  } catch {
    // The cause says no more than this, in OpenSSL's words.
    throw sealedDamaged(bound, n);
  }
  return at + length;
}

function nonce(n: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(n, 7);
  bytes.writeUInt8(Number(last), 11);
  return bytes;
}

function sealedDamaged(bound: Buffer, chunk: number): Fault {
  const name = bound.toString('utf8', SEALED_HEADER);
  return new Fault('persistence/sealed-damaged', `${name} was changed or cut after it was encrypted, in part ${chunk}`, {
    hint: 'This copy is damaged or was tampered with. Mend it from another store: beamline backup verify --repair.',
    details: { chunk },
  });
}

export { TAG as SEALED_TAG };
