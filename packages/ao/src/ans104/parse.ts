import { hash } from 'node:crypto';
import { Fault } from '@beamline/core';
import type { MessageId, Tag } from '@beamline/core';
import { deepHash } from './deep-hash.ts';
import { decodeTags } from './tags.ts';

export const MAX_TAGS = 128;
export const MAX_TAG_BYTES = 4096;

/** A signed item taken apart. Buffers are views into the raw bytes. */
export interface ParsedItem {
  id: MessageId;
  type: 1 | 3;
  signature: Buffer;
  owner: Buffer;
  /** Base64url; empty when the item has no target. */
  target: string;
  /** 32 bytes, or none. */
  anchor: Buffer;
  tags: Tag[];
  data: Buffer;
  /** The 48 bytes that the owner signed. */
  digest(): Buffer;
}

const SIZES = { 1: { signature: 512, owner: 512 }, 3: { signature: 65, owner: 65 } } as const;

/**
 * Reads an ANS-104 item:
 * `type u16 LE | signature | owner | 0 or 1+target 32 | 0 or 1+anchor 32 | tag count u64 LE | tag bytes u64 LE | tags | data`.
 * Checks form, not the signature.
 * @throws Fault `ao/bad-item`
 */
export function parseItem(raw: Uint8Array): ParsedItem {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw badItem('it ends early');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const optional = (): Buffer => {
    const present = take(1)[0];
    if (present !== 0 && present !== 1) throw badItem('a presence byte is neither 0 nor 1');
    return take(present * 32);
  };
  const u64 = (): number => Number(take(8).readBigUInt64LE());

  const type = take(2).readUInt16LE();
  if (type !== 1 && type !== 3) throw badItem(`signature type ${type} is not supported, only 1 (Arweave) and 3 (Ethereum)`);
  const signature = take(SIZES[type].signature);
  const owner = take(SIZES[type].owner);
  const target = optional();
  const anchor = optional();
  const tagCount = u64();
  const tagBytes = u64();
  if (tagCount > MAX_TAGS) throw badItem(`it has ${tagCount} tags, at most ${MAX_TAGS} are allowed`);
  if (tagBytes > MAX_TAG_BYTES) throw badItem(`its tags take ${tagBytes} bytes, at most ${MAX_TAG_BYTES} are allowed`);
  const rawTags = take(tagBytes);
  const data = bytes.subarray(at);

  return {
    id: hash('sha256', signature, 'base64url'),
    type,
    signature,
    owner,
    target: target.toString('base64url'),
    anchor,
    tags: readTags(rawTags, tagCount),
    data,
    digest: () => deepHash(type, [owner, target, anchor, rawTags, data]),
  };
}

function readTags(raw: Buffer, count: number): Tag[] {
  // The count is not signed, the bytes are: a count of 0 must not strip a message of its tags.
  if (raw.length === 0 && count === 0) return [];
  try {
    const tags = decodeTags(raw, MAX_TAGS);
    if (tags.length === count) return tags;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
  }
  throw badItem('its tags do not decode');
}

function badItem(reason: string): Fault {
  return new Fault('ao/bad-item', `not an ANS-104 item: ${reason}`, { details: { status: 400 } });
}
