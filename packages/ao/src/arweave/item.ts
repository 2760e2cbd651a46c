import { Fault } from '@beamline/core';
import type { Address, Id, Tag } from '@beamline/core';
import { addressOfOwner } from '../ans104/owner.ts';
import { parseItem, type ParsedItem } from '../ans104/parse.ts';
import { encodeTags } from '../ans104/tags.ts';
import { verifyItem } from '../ans104/verify.ts';

/** An item whose owner's signature was verified here: nobody on the way can have changed it. */
export interface ArweaveItem {
  id: Id;
  owner: Address;
  tags: readonly Tag[];
  data: Uint8Array;
}

/** An item in the pieces that gateways show. Binary ones as base64url. */
export interface ItemPieces {
  id: Id;
  signature: string;
  ownerKey: string;
  target: string;
  anchor: string;
  tags: readonly Tag[];
  data: Uint8Array;
}

/**
 * Puts an item together again and verifies it: the id is the hash of the signature, and the signature covers everything
 * else.
 * @throws Fault `ao/forged-item`; retryable, for the next answer may be whole.
 */
export async function verifiedItem(pieces: ItemPieces): Promise<ArweaveItem> {
  const item = assemble(pieces);
  if (item === undefined || item.id !== pieces.id || !(await verifyItem(item))) {
    throw new Fault('ao/forged-item', `what the gateway shows as item ${pieces.id} is not what its owner signed`, {
      hint: 'Ask another gateway: this one changes or cuts what it answers.',
      retryable: true,
      details: { item: pieces.id },
    });
  }
  return { id: item.id, owner: addressOfOwner(item), tags: item.tags, data: new Uint8Array(item.data) };
}

const TYPE_OF_LENGTH: Readonly<Record<number, 1 | 3>> = { 512: 1, 65: 3 };

function assemble({ signature, ownerKey, target, anchor, tags, data }: ItemPieces): ParsedItem | undefined {
  const signed = Buffer.from(signature, 'base64url');
  const type = TYPE_OF_LENGTH[signed.length];
  if (type === undefined) return undefined;
  const rawTags = encodeTags(tags);
  const sizes = Buffer.alloc(16);
  sizes.writeBigUInt64LE(BigInt(tags.length), 0);
  sizes.writeBigUInt64LE(BigInt(rawTags.length), 8);
  const raw = Buffer.concat([
    Buffer.of(type, 0), signed, Buffer.from(ownerKey, 'base64url'), optional(target), optional(anchor), sizes, rawTags, data,
  ]);
  try {
    return parseItem(raw);
  } catch {
    return undefined; // pieces of the wrong size, too many tags
  }
}

function optional(text: string): Buffer {
  return text === '' ? Buffer.of(0) : Buffer.concat([Buffer.of(1), Buffer.from(text, 'base64url')]);
}
