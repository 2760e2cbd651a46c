import { createHash } from 'node:crypto';
import type { Address, SignedItem, Tag } from '@beamline/core';

/** What a fake item says. It is not encrypted or signed: the owner is whoever the item names. */
export interface FakeItem {
  kind: 'message' | 'module' | 'process';
  owner: Address;
  target: string;
  tags: readonly Tag[];
  data: string;
  /** Makes two items of the same words two items, as real signatures do. */
  nonce: number;
}

export const fakeId = (text: string): string => createHash('sha256').update(text).digest('base64url');

export function encodeItem(item: FakeItem): SignedItem {
  const text = JSON.stringify(item);
  return { id: fakeId(text), owner: item.owner, target: item.target, raw: new TextEncoder().encode(text) };
}

export const decodeItem = ({ raw }: SignedItem): FakeItem => JSON.parse(new TextDecoder().decode(raw)) as FakeItem;

/** Tags as a node shows them. */
export const lowerCase = (tags: readonly Tag[]): Record<string, string> =>
  Object.fromEntries(tags.map(({ name, value }) => [name.toLowerCase(), value]));
