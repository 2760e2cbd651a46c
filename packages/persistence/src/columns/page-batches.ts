import type { Page, SnapshotStore, Written } from '../snapshot-store.ts';

/** Pages put together: enough that a put costs its writing and not its fsync, little against any world worth streaming. */
const BATCH_BYTES = 4 * 1024 * 1024;
const BUFFER_BYTES = 1024 * 1024;
/** Puts on their way while the next batch is filled. */
const PUTS = 2;

/** Memory for pages, used again from one snapshot to the next. */
export type SpareBuffers = Buffer[];

/**
 * Streams pages into a store by batches, with the memory of three batches whatever the world's size. Room for a page is
 * taken and filled by the caller, then kept or, by taking room anew, given back.
 */
export interface PageBatches {
  /** Room for one page until `keep` or the next `room`; `undefined`: wait with `makeRoom`, then ask again. */
  room(bytes: number): Buffer | undefined;
  makeRoom(): Promise<void>;
  /** Adds a page: the one in the room taken last, or one in memory of its own. */
  keep(page: Page): void;
  /** Puts what is left and waits for all puts. */
  finish(): Promise<Written>;
  /** Waits until no put is on its way any more, whatever became of it. */
  abandon(): Promise<void>;
}

export function createPageBatches(store: Pick<SnapshotStore, 'putPages'>, spare: SpareBuffers = []): PageBatches {
  const puts: Promise<void>[] = [];
  const written: Written = { pages: 0, bytes: 0 };
  let buffer: Buffer | undefined;
  let used = 0;
  let full: Buffer[] = [];
  let pages: Page[] = [];
  let size = 0;

  function retire(): void {
    if (buffer !== undefined) full.push(buffer);
    buffer = undefined;
    used = 0;
  }

  async function send(): Promise<void> {
    retire();
    const [filled, sent] = [full, pages];
    full = [];
    pages = [];
    size = 0;
    if (sent.length === 0) return;
    const put = store.putPages(sent).then((added) => {
      written.pages += added.pages;
      written.bytes += added.bytes;
      spare.push(...filled.filter(({ length }) => length === BUFFER_BYTES));
    });
    put.catch(() => undefined); // thrown by whoever waits for it
    puts.push(put);
    while (puts.length > PUTS) await puts.shift();
  }

  return {
    room(bytes) {
      if (size >= BATCH_BYTES) return undefined;
      if (buffer !== undefined && used + bytes > buffer.length) retire();
      buffer ??= bytes > BUFFER_BYTES ? Buffer.allocUnsafeSlow(bytes) : spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
      return buffer.subarray(used, used + bytes);
    },
    makeRoom: send,
    keep(page) {
      pages.push(page);
      size += page.bytes.length;
      // Pages start where cells of 8 bytes are aligned: stores shuffle them faster.
      if (page.bytes.buffer === buffer?.buffer) used += (page.bytes.length + 7) & ~7;
    },
    async finish() {
      await send();
      while (puts.length > 0) await puts.shift();
      return written;
    },
    async abandon() {
      await Promise.allSettled(puts);
    },
  };
}
