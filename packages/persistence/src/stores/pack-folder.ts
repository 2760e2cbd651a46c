import { join } from 'node:path';
import type { PageId } from '../snapshot-store.ts';
import { sha256Hex } from '../sha256.ts';
import type { Disk } from './disk.ts';
import { replaceFile } from './disk.ts';
import { decodePackIndex, encodePack, PACK_HEAD_BYTES, packsOf, type FramedPage } from './page-pack.ts';

/** Where a copy of a page lies. */
interface Place {
  pack: string;
  offset: number;
  length: number;
}

/** The packs of a store. Names are hashes of the contents; packs of other writers are noticed by `refresh`. */
export interface PackFolder {
  /** Reads the indexes of packs that are new since the last time, and forgets contents: the disk may have changed. */
  refresh(): Promise<void>;
  /** Every copy of a page's frame, one after the other; cut short where a pack is. */
  frames(id: PageId): AsyncIterable<Uint8Array>;
  /** Names of packs whose index cannot be read: what they held is unknown. */
  damaged(): readonly string[];
  /** Writes frames as new packs; durable once the folder is synced. Resolves to the bytes written. */
  write(pages: Iterable<FramedPage>): Promise<number>;
}

const PACK = /^[0-9a-f]{64}\.pack$/;
/** Packs kept in memory: pages of one snapshot mostly lie in the same one. */
const CACHED_PACKS = 2;

/** `disk`'s methods must throw what the caller should see. */
export function createPackFolder(disk: Pick<Disk, 'read' | 'names' | 'writeNew' | 'rename' | 'remove'>, folder: string): PackFolder {
  const known = new Set<string>();
  const broken = new Set<string>();
  const places = new Map<PageId, Place[]>();
  const cached = new Map<string, Promise<Uint8Array>>();

  function note(pack: string, head: Uint8Array): void {
    known.add(pack);
    const index = decodePackIndex(head);
    if (index === undefined) broken.add(pack);
    for (const { id, offset, length } of index ?? []) places.set(id, [...(places.get(id) ?? []), { pack, offset, length }]);
  }

  function contents(pack: string): Promise<Uint8Array> {
    const bytes = cached.get(pack) ?? disk.read(join(folder, pack)).then((found) => found ?? new Uint8Array(0));
    cached.delete(pack);
    cached.set(pack, bytes);
    for (const oldest of cached.keys()) {
      if (cached.size <= CACHED_PACKS) break;
      cached.delete(oldest);
    }
    // A failed read is tried again next time.
    bytes.catch(() => cached.delete(pack));
    return bytes;
  }

  return {
    damaged: () => [...broken],

    async refresh() {
      cached.clear();
      for (const name of (await disk.names(folder)).sort()) {
        if (!PACK.test(name) || known.has(name)) continue;
        const head = await disk.read(join(folder, name), PACK_HEAD_BYTES);
        if (head !== undefined) note(name, head);
      }
    },

    async *frames(id) {
      for (const { pack, offset, length } of places.get(id) ?? []) yield (await contents(pack)).subarray(offset, offset + length);
    },

    async write(pages) {
      let size = 0;
      for (const batch of packsOf(pages)) {
        const bytes = encodePack(batch);
        const name = `${sha256Hex(bytes)}.pack`;
        await replaceFile(disk, join(folder, name), bytes);
        known.delete(name);
        broken.delete(name);
        cached.delete(name);
        note(name, bytes);
        size += bytes.length;
      }
      return size;
    },
  };
}
