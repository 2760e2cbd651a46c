import { Fault, isFault } from '@beamline/core';
import type { Clock, Id, ItemSpec, SignedItem, Signer } from '@beamline/core';
import { createItem } from '../ans104/create.ts';
import { createAsk } from '../hyperbeam/ask.ts';
import { findItems, type FoundItem, type IndexEntry, type ItemQuery } from './find.ts';
import { createGateway, refused } from './gateway.ts';
import { verifiedItem, type ArweaveItem } from './item.ts';
import { statusOf, type ItemStatus } from './status.ts';
import { uploadItem } from './upload.ts';

export interface ArweaveOptions {
  /**
   * Of a bundler, which takes items at `<url>/tx` (Turbo); or the whole address of its door: Irys' `…/tx/ethereum`, a
   * HyperBEAM node's `https://node/~bundler@1.0/tx?codec-device=ans104@1.0`.
   */
  uploadUrl: string;
  /** Of a gateway with `/graphql`, `/raw/<id>`, `/tx/<id>/status`. */
  gatewayUrl: string;
  clock: Clock;
  /** Of one HTTP request. @default 60_000 */
  timeoutMs?: number;
  /** Further attempts after a 429, a 5xx or a lost answer, with pauses that double from 100 ms. @default 5 */
  retries?: number;
  /** Blocks, its own included, after which an item counts as final. @default 20, about 40 minutes */
  finalConfirmations?: number;
  /** @default the platform's */
  fetch?: typeof fetch;
}

/** Arweave through a bundler and a gateway. What it reads is verified, or said to be a claim. */
export interface ArweaveClient {
  /** Offline. The same arguments give a new id each time. @throws Fault `ao/bad-item` */
  sign(signer: Signer, spec: ItemSpec): Promise<SignedItem>;
  /**
   * Resolves once a bundler has the item. Safe to repeat with the same item.
   * @throws Fault `ao/rejected` (4xx), `ao/not-paid`, `ao/unreachable`, `ao/outcome-unknown`.
   */
  upload(item: SignedItem, signal?: AbortSignal): Promise<void>;
  status(id: Id, signal?: AbortSignal): Promise<ItemStatus>;
  /** With the owner's signature verified. `undefined`: the gateway has no such item. @throws Fault `ao/forged-item` */
  item(id: Id, signal?: AbortSignal): Promise<ArweaveItem | undefined>;
  /** An item's data, or its first `length` bytes, unverified: for bytes that are named by their hash. */
  bytes(id: Id, length?: number, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Newest first; claims of the gateway. */
  find(query: ItemQuery, signal?: AbortSignal): AsyncIterable<FoundItem>;
}

/** @throws Fault `ao/bad-url` */
export function createArweave({
  uploadUrl, gatewayUrl, clock, timeoutMs = 60_000, retries = 5, finalConfirmations = 20, fetch = globalThis.fetch,
}: ArweaveOptions): ArweaveClient {
  const door = doorOf(uploadUrl);
  const askOf = (url: string) => createAsk({ url, clock, timeoutMs, fetch, protocol: 'http/1.1' });
  const base = gatewayUrl.replace(/\/+$/, '');
  doorOf(base);
  const gateway = createGateway({ url: base, ask: askOf(base), clock, retries });
  const ask = askOf(door.url);
  const status = (id: Id, signal?: AbortSignal) => statusOf(gateway, id, finalConfirmations, signal);

  const dataAt = (path: string, length: number | undefined, signal?: AbortSignal): Promise<Uint8Array | undefined> =>
    gateway.ask({ method: 'GET', path, headers: length === undefined ? {} : { range: `bytes=0-${length - 1}` } }, (reply) => {
      if (reply.status === 404 || reply.status === 202) return undefined;
      if (reply.status === 416) return new Uint8Array();
      if (reply.status !== 200 && reply.status !== 206) throw refused(gateway.url, path, reply);
      return new Uint8Array(length === undefined ? reply.body : reply.body.subarray(0, length));
    }, signal);
  // `/<id>` alone is read as a manifest of paths where the data looks like one.
  const bytes = async (id: Id, length?: number, signal?: AbortSignal) =>
    (await dataAt(`/raw/${id}`, length, signal)) ?? dataAt(`/${id}`, length, signal);

  async function readItem(id: Id, signal?: AbortSignal): Promise<ArweaveItem | undefined> {
    let entry: IndexEntry | undefined;
    for await (const found of findItems(gateway, { ids: [id] }, signal)) entry ??= found;
    const data = entry && (await bytes(id, undefined, signal));
    if (entry === undefined || data === undefined) return undefined;
    if (entry.signature === '' || entry.ownerKey === '') {
      throw new Fault('ao/unverifiable-item', `${base} does not show the signature of item ${id}`, {
        hint: 'Ask a gateway that keeps signatures of bundled items.', details: { item: id },
      });
    }
    return verifiedItem({ ...entry, data });
  }

  return {
    sign: createItem,
    upload: (item, signal) => uploadItem({
      ...door, ask, clock, retries, isKnown: async (id, stop) => (await status(id, stop)).state !== 'unknown',
    }, item, signal),
    status,
    async item(id, signal) {
      try {
        return await readItem(id, signal);
      } catch (error) {
        if (!isFault(error, 'ao/forged-item')) throw error;
        return readItem(id, signal); // a body that was cut on the way is whole the next time
      }
    },
    bytes,
    find: (query, signal) => findItems(gateway, query, signal),
  };
}

function doorOf(text: string): { url: string; path: string } {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new Fault('ao/bad-url', `${text} is not the address of a bundler or gateway`, { hint: 'Write http:// or https://, a host, and perhaps a path.' });
  }
  const { origin, pathname, search } = new URL(text);
  const path = pathname.replace(/\/+$/, '');
  return { url: origin, path: (/\/(tx|item)(\/[\w-]+)?$/.test(path) ? path : `${path}/tx`) + search };
}
