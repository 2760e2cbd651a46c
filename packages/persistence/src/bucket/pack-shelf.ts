import { randomBytes } from 'node:crypto';
import { isFault } from '@beamline/core';
import { atOnce } from '../at-once.ts';
import type { PageId } from '../snapshot-store.ts';
import { sha256Hex } from '../sha256.ts';
import { encodeChunkPack } from '../stores/chunk-pack.ts';
import { createChunkReader } from '../stores/chunk-reader.ts';
import { decodePackIndex, PACK_HEAD_BYTES, type PackedRun } from '../stores/pack-index.ts';
import { packPages, packsOf } from '../stores/pack-pages.ts';
import type { PackedPage, UnpackedPage } from '../stores/segmented-page.ts';
import type { Bucket } from './bucket.ts';

/** Folder of the packs, and of the marks that say which of them will be removed (collect-packs.ts). */
export const PACKS = 'packs/';
export const DOOMED = 'doomed/';

const PACK = /^packs\/([0-9a-f]{64}(?:-[0-9a-f]{16})?\.pack)$/;
/** Packs kept in memory: pages of one snapshot mostly lie in the same few. */
const CACHED_PACKS = 3;
/** Indexes on their way at once. */
const READS = 16;
/** Packs whose memory is used again, and up to which size. */
const SPARE = 2;
const SPARE_BYTES = 2 * 1024 * 1024;
/** Runs of pages on their way at once: enough to keep threads busy. */
const RUNS = 8;

/** One pack as the shelf knows it. */
export interface ShelvedPack {
  /** Without its folder. */
  name: string;
  sizeBytes: number;
  /** Will be removed: nothing new may rely on it. */
  doomed: boolean;
  /** `undefined`: cannot be read, so what the pack holds is unknown. */
  index: readonly PackedRun[] | undefined;
}

/** Where a copy of a page lies; asked for every page of a snapshot, so it knows its pack itself. */
interface Place {
  on: ShelvedPack;
  run: PackedRun;
  n: number;
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
  /** How often `holds` became false for some page: what was held and saw no loss since, is. */
  losses(): number;
  /** Every copy of a page, unverified, or why it cannot be unpacked; those in packs that stay first. */
  copies(id: PageId): AsyncIterable<{ pack: string; page: UnpackedPage | Error }>;
  /**
   * Pages by the runs they lie in: calls `visit` with the place of an id in `ids` and a copy, unverified. Those that
   * cannot be unpacked where they lie first are left out.
   */
  readMany(ids: readonly PageId[], visit: (n: number, page: UnpackedPage) => void, signal?: AbortSignal): Promise<void>;
  /** This copy did not verify: it no longer counts. */
  distrust(id: PageId, pack: string): void;
  /** These packs are gone. */
  forget(names: readonly string[]): void;
  /** Durable. Resolves to the bytes written. */
  write(pages: readonly PackedPage[]): Promise<number>;
}

export function createPackShelf(bucket: Bucket): PackShelf {
  const known = new Map<string, ShelvedPack>();
  const places = new Map<PageId, Place[]>();
  const reader = createChunkReader(partOf);
  const cached = new Map<string, Promise<Uint8Array | undefined>>();
  /** Packs that were written here, and not seen in the bucket since. */
  const unseen = new Set<string>();
  let losses = 0;
  /** Memory of packs that were put. */
  const spare: Uint8Array[] = [];

  function note(pack: ShelvedPack): void {
    known.set(pack.name, pack);
    for (const run of pack.index ?? []) {
      for (let n = 0; n < run.ids.length; n += 1) {
        const id = run.ids[n]!;
        const others = places.get(id);
        if (others === undefined) places.set(id, [{ on: pack, run, n }]);
        else others.push({ on: pack, run, n });
      }
    }
  }

  function forgetCopy(id: PageId, name: string): void {
    const others = places.get(id)?.filter(({ on }) => on.name !== name) ?? [];
    if (others.length === 0) places.delete(id);
    else places.set(id, others);
  }

  function forget(name: string): void {
    losses += 1;
    for (const { ids } of known.get(name)?.index ?? []) for (const id of ids) forgetCopy(id, name);
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
        const asked = new Set(pages.flatMap((id) => (places.get(id) ?? []).map(({ on }) => on.name)));
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
        const kept = known.get(pack);
        if (kept === undefined) fresh.push([pack, sizeBytes]);
        else {
          if (doomed.has(pack) && !kept.doomed) losses += 1;
          kept.doomed = doomed.has(pack);
        }
      }
      for (const name of [...known.keys()]) if (!seen.has(name)) forget(name);
      for (let n = 0; n < fresh.length; n += READS) {
        await Promise.all(fresh.slice(n, n + READS).map(([name, size]) => look(name, size, doomed.has(name))));
      }
    },

    packs: () => [...known.values()],

    holds(id) {
      for (const { on, run } of places.get(id) ?? []) if (!on.doomed && run.offset + run.length <= on.sizeBytes) return true;
      return false;
    },

    async *copies(id) {
      const found = [...places.get(id) ?? []];
      const last = ({ on }: Place) => Number(known.get(on.name)?.doomed ?? true);
      if (found.length > 1) found.sort((a, b) => last(a) - last(b));
      for (const { on: { name }, run, n } of found) {
        const page = await reader.page(name, run, n);
        // Its pack was collected since we looked: no damage, and another look finds where the page went.
        if (page === undefined) reader.forget(name);
        else yield { pack: name, page };
      }
    },

    async readMany(ids, visit, signal) {
      const runs = new Map<PackedRun, { pack: string; wanted: [at: number, n: number][] }>();
      for (const [at, id] of ids.entries()) {
        const place = places.get(id)?.[0];
        if (place === undefined) continue;
        const wanted = runs.get(place.run)?.wanted ?? [];
        if (wanted.push([at, place.n]) === 1) runs.set(place.run, { pack: place.on.name, wanted });
      }
      await atOnce([...runs], RUNS, async ([run, { pack, wanted }]) => {
        signal?.throwIfAborted();
        const pages = await reader.pages(pack, run);
        if (pages === undefined || pages instanceof Error) return;
        for (const [at, n] of wanted) if (pages[n] !== undefined) visit(at, pages[n]);
      });
    },

    losses: () => losses,

    distrust(id, pack) {
      losses += 1;
      forgetCopy(id, pack);
      cached.delete(pack);
      reader.forget(pack);
    },

    forget(names) {
      for (const name of names) forget(name);
    },

    async write(pages) {
      let size = 0;
      for (const batch of packsOf(pages)) {
        const chunks = await packPages(batch);
        const { bytes, headBytes, runs } = encodeChunkPack(chunks, spare.pop());
        // Never the same name twice: a pack is born once, marked once, removed once, so no late remover can hit another's.
        const name = `${sha256Hex(bytes.subarray(0, headBytes))}-${randomBytes(8).toString('hex')}.pack`;
        await bucket.put(PACKS + name, bytes);
        unseen.add(name);
        note({ name, sizeBytes: bytes.length, doomed: false, index: runs });
        size += bytes.length;
        if (spare.length < SPARE && bytes.length <= SPARE_BYTES) spare.push(bytes);
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
