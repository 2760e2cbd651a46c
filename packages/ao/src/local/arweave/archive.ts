import { hash } from 'node:crypto';
import type { Clock, Id, Tag } from '@beamline/core';
import type { ParsedItem } from '../../ans104/parse.ts';
import { parseItem } from '../../ans104/parse.ts';
import { KIND } from '../journal.ts';
import type { Log } from '../log/log.ts';
import type { ScannedRecord } from '../log/scan.ts';

/** An item in the archive; its data stays in the log until somebody asks. */
export interface ArchivedItem {
  id: Id;
  /** As gateways name owners: the SHA-256 of any key, also of Ethereum's. */
  owner: string;
  /** Base64url, as GraphQL shows them. */
  ownerKey: string;
  signature: string;
  target: string;
  anchor: string;
  tags: readonly Tag[];
  dataBytes: number;
  /** Milliseconds since 1970. */
  uploadedAt: number;
  /** The block that takes it up; mined when the chain has that height. */
  height: number;
}

/**
 * What bundlers accepted, for good. Blocks come by the clock alone: block n is mined `n × blockMs` after the first
 * upload, and takes up what was uploaded since the one before.
 */
export interface Archive {
  /** Resolves once the item is on disk. The same again changes nothing. */
  add(item: ParsedItem, raw: Uint8Array): Promise<void>;
  get(id: Id): ArchivedItem | undefined;
  data(id: Id): Promise<Buffer | undefined>;
  /** In order of upload. */
  items(): readonly ArchivedItem[];
  /** Of the newest block. */
  height(): number;
  /** Milliseconds since 1970. */
  minedAt(height: number): number;
  restore(record: ScannedRecord): void;
}

/** Record: u64 LE time of the upload in milliseconds | the signed item. */
const TIME_BYTES = 8;

export function createArchive(logOf: () => Log, clock: Clock, blockMs: number): Archive {
  const byId = new Map<Id, ArchivedItem & { place: { offset: number; length: number } }>();
  const order: ArchivedItem[] = [];
  let firstAt: number | undefined;
  const since = (at: number): number => Math.max(0, Math.floor((at - (firstAt ?? at)) / blockMs));

  function note(item: ParsedItem, at: number, place: { offset: number; length: number }): void {
    firstAt ??= at;
    const archived = {
      id: item.id,
      owner: hash('sha256', item.owner, 'base64url'),
      ownerKey: item.owner.toString('base64url'),
      signature: item.signature.toString('base64url'),
      target: item.target,
      anchor: item.anchor.toString('base64url'),
      tags: item.tags,
      dataBytes: item.data.byteLength,
      uploadedAt: at,
      height: since(at) + 1,
      place,
    };
    byId.set(item.id, archived);
    order.push(archived);
  }

  return {
    async add(item, raw) {
      if (!byId.has(item.id)) {
        const at = clock.now();
        const head = Buffer.alloc(TIME_BYTES);
        head.writeBigUInt64LE(BigInt(at));
        const { offset } = logOf().append(KIND.archived, head, raw);
        note(item, at, { offset: offset + TIME_BYTES, length: raw.byteLength });
      }
      await logOf().settled();
    },
    get: (id) => byId.get(id),
    async data(id) {
      const found = byId.get(id);
      if (found === undefined) return undefined;
      await logOf().settled();
      return parseItem(await logOf().read(found.place.offset, found.place.length)).data;
    },
    items: () => order,
    height: () => since(clock.now()),
    minedAt: (height) => (firstAt ?? 0) + height * blockMs,
    restore({ offset, payload }) {
      const at = Number(payload.readBigUInt64LE(0));
      note(parseItem(payload.subarray(TIME_BYTES)), at, { offset: offset + TIME_BYTES, length: payload.length - TIME_BYTES });
    },
  };
}
