import { join } from 'node:path';
import type { Page, PageId } from '../snapshot-store.ts';
import { sha256Hex } from '../sha256.ts';
import { decodeChunkPackIndex, encodeChunkPack, MAX_PACK_PAGES, PACK_HEAD_BYTES } from './chunk-pack.ts';
import { createChunkReader } from './chunk-reader.ts';
import type { Disk } from './disk.ts';
import { replaceFile } from './disk.ts';
import { createPacker } from './pack-pages.ts';
import { decodePackIndex } from './page-pack.ts';

/** Where a copy of a page lies: in a chunk with others, or alone in a frame of version 1. */
export interface Place {
  pack: string;
  offset: number;
  length: number;
  chunk?: { place: number; rawBytes: number };
}

/** The packs of a store; those of other writers are noticed by `refresh`. */
export interface PackFolder {
  /** Reads the indexes of packs that are new since the last time, and forgets contents: the disk may have changed. */
  refresh(): Promise<void>;
  /** Whether a readable index names the page. */
  has(id: PageId): boolean;
  /** Every copy of a page one after the other, unverified; or why it cannot be unpacked. */
  copies(id: PageId): AsyncIterable<Uint8Array | Error>;
  /** Names of packs whose index cannot be read: what they held is unknown. */
  damaged(): readonly string[];
  /** Writes pages as new packs; durable once the folder is synced. Resolves to the bytes written. */
  write(pages: readonly Page[]): Promise<number>;
}

const PACK = /^[0-9a-f]{64}\.pack$/;
/** `disk`'s methods must throw what the caller should see. */
export function createPackFolder(
  disk: Pick<Disk, 'read' | 'names' | 'writeNew' | 'rename' | 'remove'>, folder: string, { packBytes }: { packBytes: number },
): PackFolder {
  const known = new Set<string>();
  const broken = new Set<string>();
  const places = new Map<PageId, Place[]>();
  const packer = createPacker();
  const reader = createChunkReader((pack, length, offset) => disk.read(join(folder, pack), length, offset));

  function note(pack: string, index: readonly (Omit<Place, 'pack'> & { id: PageId })[] | undefined): void {
    // Two puts at once may find the same pack.
    if (known.has(pack)) return;
    known.add(pack);
    if (index === undefined) broken.add(pack);
    for (const { id, ...place } of index ?? []) {
      const others = places.get(id);
      if (others === undefined) places.set(id, [{ pack, ...place }]);
      else others.push({ pack, ...place });
    }
  }

  async function indexOf(pack: string) {
    let head = await disk.read(join(folder, pack), PACK_HEAD_BYTES);
    let index = head && decodeChunkPackIndex(head);
    if (index !== undefined && 'needs' in index) {
      head = await disk.read(join(folder, pack), index.needs);
      index = head && decodeChunkPackIndex(head);
    }
    if (head === undefined) return undefined;
    return placesIn(index) ?? decodePackIndex(head);
  }

  return {
    has: (id) => places.has(id),
    damaged: () => [...broken],

    async refresh() {
      reader.forget();
      for (const name of (await disk.names(folder)).sort()) {
        if (PACK.test(name) && !known.has(name)) note(name, await indexOf(name));
      }
    },

    async *copies(id) {
      for (const place of places.get(id) ?? []) yield await reader.page(place);
    },

    async write(pages) {
      let size = 0;
      for (const batch of packsOf(pages, packBytes)) {
        const { bytes, headBytes } = encodeChunkPack(await packer.pack(batch));
        // The index names every page by its hash: packs of one name hold the same.
        const name = `${sha256Hex(bytes.subarray(0, headBytes))}.pack`;
        await replaceFile(disk, join(folder, name), bytes);
        if (broken.delete(name)) known.delete(name);
        reader.forget();
        note(name, placesIn(decodeChunkPackIndex(bytes.subarray(0, headBytes))));
        size += bytes.length;
      }
      return size;
    },
  };
}

function placesIn(index: ReturnType<typeof decodeChunkPackIndex>) {
  if (!Array.isArray(index)) return undefined;
  return index.map(({ id, offset, length, ...chunk }) => ({ id, offset, length, chunk }));
}

/** Cuts a put into packs. */
function* packsOf(pages: readonly Page[], packBytes: number): Iterable<readonly Page[]> {
  let from = 0;
  let size = 0;
  for (const [n, { bytes }] of pages.entries()) {
    if (n > from && (n - from === MAX_PACK_PAGES || size + bytes.length > packBytes)) {
      yield pages.slice(from, n);
      from = n;
      size = 0;
    }
    size += bytes.length;
  }
  if (pages.length > from) yield pages.slice(from);
}
