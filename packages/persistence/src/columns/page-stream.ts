import type { FieldKind } from '@beamline/ecs';
import { pageNamed } from '../named-page.ts';
import type { Page, PageId, SnapshotStore, Written } from '../snapshot-store.ts';
import { inThread } from '../threads/page-threads.ts';
import { placed } from '../threads/placed-pages.ts';
import { giveBackSlab, takeSlab } from '../threads/slabs.ts';

/** Pages put together: enough that a put costs its writing and not its fsync, little against any world worth streaming. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** After a page's count of rows, its columns lie where words of 8 bytes do: into shared memory the host copies others byte by byte. */
const FIRST = 4;
/** Puts on their way while the next batch is filled. */
const PUTS = 2;

interface Batch {
  slabs: Buffer[];
  pages: { bytes: Uint8Array; kinds: readonly FieldKind[]; isNews: (id: PageId) => boolean }[];
  /** For the pages of the slabs that are full. */
  names: Promise<readonly PageId[]>[];
  size: number;
}

/**
 * Streams pages into a store by batches, with the memory of three batches whatever the world's size; other threads name
 * them. Room for a page is taken and filled by the caller, then kept or, by taking room anew, given back.
 */
export interface PageStream {
  /** Room for one page until `keep` or the next `room`. `undefined`: wait with `makeRoom`, then ask again. */
  room(bytes: number): Buffer | undefined;
  /** The same whatever memory it takes. */
  roomNow(bytes: number): Buffer;
  makeRoom(): Promise<void>;
  /** Keeps the page in the room taken last. Once its name is known, in the order of keeping, `isNews` says whether to put it. */
  keep(bytes: Buffer, kinds: readonly FieldKind[], isNews: (id: PageId) => boolean): void;
  /** Resolves once every page that was kept is named, and the last put on its way. @param last what else is to be put */
  name(last: () => readonly Page[]): Promise<void>;
  /** Waits for all puts. */
  finish(): Promise<Written>;
  /** Waits until nothing is on its way any more, whatever became of it. */
  abandon(): Promise<void>;
}

const emptyBatch = (): Batch => ({ slabs: [], pages: [], names: [], size: 0 });

export function createPageStream(store: Pick<SnapshotStore, 'putPages'>): PageStream {
  const written: Written = { pages: 0, bytes: 0 };
  const puts = new Set<Promise<void>>();
  let naming: Promise<Page[]> = Promise.resolve([]);
  let batch = emptyBatch();
  let slab: Buffer | undefined;
  let used = FIRST;
  let askedFor = 0;

  function retire(): void {
    if (slab === undefined) return;
    batch.slabs.push(slab);
    slab = undefined;
    used = FIRST;
    const pages = batch.pages.slice(askedFor);
    askedFor = batch.pages.length;
    if (pages.length === 0) return;
    const places = placed(pages);
    const names = inThread('name', places, places.bytes);
    names.catch(() => undefined); // thrown where they are needed
    batch.names.push(names);
  }

  /** What is news of the batch, once everything before it was named, too. */
  function name(): Promise<Page[]> {
    retire();
    const { names, pages } = batch;
    const before = naming;
    naming = (async () => {
      const ids = (await Promise.all(names)).flat();
      await before;
      return pages.flatMap(({ bytes, kinds, isNews }, n) => (isNews(ids[n]!) ? [pageNamed(ids[n]!, bytes, kinds)] : []));
    })();
    naming.catch(() => undefined); // thrown by whoever waits for it
    return naming;
  }

  function send(news: Promise<readonly Page[]>): void {
    const { slabs } = batch;
    batch = emptyBatch();
    askedFor = 0;
    const put = (async () => {
      const added = await store.putPages(await news);
      written.pages += added.pages;
      written.bytes += added.bytes;
      for (const each of slabs) giveBackSlab(each);
    })();
    puts.add(put);
    // A put that failed stays, for whoever waits.
    put.then(() => puts.delete(put), () => undefined);
  }

  function roomNow(bytes: number): Buffer {
    if (slab !== undefined && used + bytes > slab.length) retire();
    if (slab === undefined && batch.size >= BATCH_BYTES) send(name());
    slab ??= takeSlab(FIRST + bytes);
    return slab.subarray(used, used + bytes);
  }

  return {
    room: (bytes) => (batch.size >= BATCH_BYTES && puts.size >= PUTS ? undefined : roomNow(bytes)),
    roomNow,
    async makeRoom() {
      while (puts.size >= PUTS) await Promise.race(puts);
    },
    keep(bytes, kinds, isNews) {
      batch.pages.push({ bytes, kinds, isNews });
      batch.size += bytes.length;
      used += (bytes.length + 7) & ~7;
    },
    async name(last) {
      const news = name().then((pages) => [...pages, ...last()]);
      send(news);
      await news;
    },
    async finish() {
      await Promise.all(puts);
      return written;
    },
    async abandon() {
      await Promise.allSettled(puts);
    },
  };
}
