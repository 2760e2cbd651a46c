import type { Address, Id, ItemSpec, SignedItem, Signer, Tag } from '@beamline/core';

/** An item whose signature was verified: id, owner, tags and data are what was signed. */
export interface VerifiedItem {
  id: Id;
  owner: Address;
  tags: readonly Tag[];
  data: Uint8Array;
}

/** An item as an index describes it: a claim, until the item itself is read. */
export interface IndexedItem {
  id: Id;
  owner: Address;
  tags: readonly Tag[];
  /** Of the data, where the index says. */
  sizeBytes?: number;
}

/** `final`: under so many blocks that it stays. */
export type Standing =
  | { state: 'unknown' | 'pending' }
  | { state: 'confirmed' | 'final'; height: number; confirmations: number };

/**
 * Arweave as anchors and the Arweave bucket need it; `createArweave` of `@beamline/ao/arweave` is one, `createMemoryArweave`
 * of `@beamline/persistence/testing` another.
 *
 * Contract (checked by `describeArweave` in `@beamline/persistence/testing`):
 * - `sign` works offline; the same arguments give a new id each time.
 * - `upload` is safe to repeat with the same item, and resolves when somebody keeps it: then `status` is not `unknown`.
 * - `item` never returns anything but what was signed; `bytes` and `find` are claims.
 * - Errors are Faults, `retryable` where the same call may succeed later.
 */
export interface Arweave {
  sign(signer: Signer, spec: ItemSpec): Promise<SignedItem>;
  upload(item: SignedItem, signal?: AbortSignal): Promise<void>;
  status(id: Id, signal?: AbortSignal): Promise<Standing>;
  /** `undefined`: not to be had there. */
  item(id: Id, signal?: AbortSignal): Promise<VerifiedItem | undefined>;
  /** The data, or its first `length` bytes. */
  bytes(id: Id, length?: number, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Items with each of the tags, with one of its values; newest first. */
  find(
    query: { ids?: readonly Id[]; owners?: readonly Address[]; tags?: readonly { name: string; values: readonly string[] }[] },
    signal?: AbortSignal,
  ): AsyncIterable<IndexedItem>;
}
