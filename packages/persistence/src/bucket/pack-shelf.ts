import { randomBytes } from 'node:crypto';
import { isFault } from '@beamline/core';
import type { PageId } from '../snapshot-store.ts';
import { sha256Hex } from '../sha256.ts';
import { encodeChunkPack } from '../stores/chunk-pack.ts';
import { createChunkReader, type Place } from '../stores/chunk-reader.ts';
import { decodePackIndex, PACK_HEAD_BYTES, type PackEntry } from '../stores/pack-index.ts';
import { createPacker, packsOf } from '../stores/pack-pages.ts';
import type { PackedPage, SegmentedPage } from '../stores/segmented-page.ts';
import type { Bucket } from './bucket.ts';

/** Folder of the packs, and of the marks that say which of them will be removed (collect-packs.ts). */
export const PACKS = 'packs/';
export const DOOMED = 'doomed/';

const PACK = /^packs\/([0-9a-f]{64}(?:-[0-9a-f]{16})?\.pack)$/;
/** Packs kept in memory: pages of one snapshot mostly lie in the same few. */
const CACHED_PACKS = 3;
/** Indexes on their way at once. */
const READS = 16;

/** One pack as the shelf knows it. */
export interface ShelvedPack {
  /** Without its folder. */
  name: string;
  sizeBytes: number;
  /** Will be removed: nothing new may rely on it. */
  doomed: boolean;
  /** `undefined`: cannot be read, so what the pack holds is unknown. */
  index: readonly PackEntry[] | undefined;
}

/** Where a copy of a page lies; asked for every page of a snapshot, so it knows its pack itself. */
interface ShelvedPlace extends Place {
  on: ShelvedPack;
}

export interface PackShelf {
  /**
   * Looks at the bucket again: marks first, then packs, so that a pack seen unmarked was there after the look at the marks.
   * @param pages sizes are asked for only of packs that hold these, and of those not seen in the bucket before: asking for
   * each costs more than a small snapshot. @default everything
   */
  refresh(pages?: readonly PageId[]): Promise<void>;
  packs(): readonly ShelvedPack[];
  /** In a pack that stays, whole as far as its size tells, and not seen damaged. */
  holds(id: PageId): boolean;
  /** Every copy of a page, unverified, or why it cannot be unpacked; those in packs that stay first. */
  copies(id: PageId): AsyncIterable<{ pack: string; page: SegmentedPage | Error }>;
  /** This copy did not verify: it no longer counts. */
  distrust(id: PageId, pack: string): void;
  /** These packs are gone. */
  forget(names: readonly string[]): void;
  /** Durable. Resolves to the bytes written. */
  write(pages: readonly PackedPage[]): Promise<number>;
}

export function createPackShelf(bucket: Bucket): PackShelf {
  const known = new Map<string, ShelvedPack>();
  const places = new Map<PageId, ShelvedPlace[]>();
  const packer = createPacker();
  const reader = createChunkReader(partOf);
  const cached = new Map<string, Promise<Uint8Array | undefined>>();
  /** Packs that were written here, and not seen in the bucket since. */
  const unseen = new Set<string>();

  function note(pack: ShelvedPack): void {
    known.set(pack.name, pack);
    for (const { id, offset, length, chunk } of pack.index ?? []) {
      const place: ShelvedPlace = { pack: pack.name, on: pack, offset, length, ...(chunk && { chunk }) };
      const others = places.get(id);
      if (others === undefined) places.set(id, [place]);
      else others.push(place);
    }
  }

  function forget(name: string): void {
    for (const { id } of known.get(name)?.index ?? []) {
      const others = places.get(id)?.filter(({ pack }) => pack !== name) ?? [];
      if (others.length === 0) places.delete(id);
      else places.set(id, others);
    }
    known.delete(name);
    unseen.delete(name);
    cached.delete(name);
    reader.forget(name);
  }

  async function partOf(name: string, length: number, offset: number): Promise<Uint8Array | undefined> {
    if (bucket.part !== undefined) return bucket.part(PACKS + name, offset, length);
    return (await contents(name))?.subarray(offset, offset + length);
  }

  function contents(name: string): Promise<Uint8Array | undefined> {
    const bytes = cached.get(name) ?? readable(bucket.get(PACKS + name));
    cached.delete(name);
    cached.set(name, bytes);
    for (const oldest of cached.keys()) {
      if (cached.size <= CACHED_PACKS) break;
      cached.delete(oldest);
    }
    // A failed read is tried again next time.
    bytes.catch(() => cached.delete(name));
    return bytes;
  }

  async function look(name: string, sizeBytes: number, doomed: boolean): Promise<void> {
    const head = await readable(bucket.get(PACKS + name, PACK_HEAD_BYTES));
    if (head === undefined || known.has(name)) return;
    const first = decodePackIndex(head);
    const index = first === undefined || Array.isArray(first) ? first : decodePackIndex(await readable(bucket.get(PACKS + name, first.needs)) ?? head);
    if (!known.has(name)) note({ name, sizeBytes, doomed, index: Array.isArray(index) ? index : undefined });
  }

  return {
    async refresh(pages) {
      const doomed = new Set<string>();
      for await (const { name } of bucket.list(DOOMED)) doomed.add(name.slice(DOOMED.length));
      const seen = new Set<string>();
      const fresh: [string, number][] = [];
      // Sealed names reach this more than once: it must say the same throughout.
      const passed = new Set<string>();
      if (pages !== undefined) {
        const asked = new Set(pages.flatMap((id) => (places.get(id) ?? []).map(({ pack }) => pack)));
        for (const pack of known.keys()) if (!unseen.has(pack) && !asked.has(pack)) passed.add(PACKS + pack);
      }
      const sized = (name: string): boolean => !passed.has(name);
      for await (const { name, sizeBytes } of bucket.list(PACKS, sized)) {
        const [, pack] = PACK.exec(name) ?? [];
        if (pack === undefined) continue;
        seen.add(pack);
        const before = known.get(pack);
        if (before !== undefined && sized(name) && before.sizeBytes !== sizeBytes) forget(pack); // cut, or mended
        unseen.delete(pack);
        if (known.has(pack)) known.get(pack)!.doomed = doomed.has(pack);
        else fresh.push([pack, sizeBytes]);
      }
      for (const name of [...known.keys()]) if (!seen.has(name)) forget(name);
      for (let n = 0; n < fresh.length; n += READS) {
        await Promise.all(fresh.slice(n, n + READS).map(([name, size]) => look(name, size, doomed.has(name))));
      }
    },

    packs: () => [...known.values()],

    holds(id) {
      for (const { on, offset, length } of places.get(id) ?? []) if (!on.doomed && offset + length <= on.sizeBytes) return true;
      return false;
    },

    async *copies(id) {
      const found = [...places.get(id) ?? []];
      const last = (pack: string) => Number(known.get(pack)?.doomed ?? true);
      if (found.length > 1) found.sort((a, b) => last(a.pack) - last(b.pack));
      for (const place of found) {
        const page = await reader.page(place);
        // Its pack was collected since we looked: no damage, and another look finds where the page went.
        if (page === undefined) reader.forget(place.pack);
        else yield { pack: place.pack, page };
      }
    },

    distrust(id, pack) {
      const others = places.get(id)?.filter((place) => place.pack !== pack) ?? [];
      if (others.length === 0) places.delete(id);
      else places.set(id, others);
      cached.delete(pack);
      reader.forget(pack);
    },

    forget(names) {
      for (const name of names) forget(name);
    },

    async write(pages) {
      let size = 0;
      for (const batch of packsOf(pages)) {
        const { bytes, headBytes } = encodeChunkPack(await packer.pack(batch));
        const head = bytes.subarray(0, headBytes);
        // Never the same name twice: a pack is born once, marked once, removed once, so no late remover can hit another's.
        const name = `${sha256Hex(head)}-${randomBytes(8).toString('hex')}.pack`;
        await bucket.put(PACKS + name, bytes);
        unseen.add(name);
        const index = decodePackIndex(head);
        note({ name, sizeBytes: bytes.length, doomed: false, index: Array.isArray(index) ? index : undefined });
        size += bytes.length;
      }
      return size;
    },
  };
}

/** What cannot be decrypted is as good as empty: the page is looked for elsewhere, and reported by its own name. */
async function readable(read: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isFault(error, 'persistence/sealed-damaged')) return new Uint8Array(0);
    throw error;
  }
}
