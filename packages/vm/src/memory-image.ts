import type { LuaAddresses } from './lua-state.ts';

const PAGE_BYTES = 4096;
const EMPTY_PAGE = Buffer.alloc(PAGE_BYTES);

/**
 * A copy of a WebAssembly memory without its empty pages: a young state of 16 MB holds about 100 KB. The bytes are
 * shared between threads, so an image outlives the worker that took it.
 */
export interface MemoryImage {
  memoryBytes: number;
  addresses: LuaAddresses;
  /** Numbers of the 4 KB pages kept, ascending. */
  pages: Uint32Array;
  bytes: SharedArrayBuffer;
}

/** Costs about 0.1 ms per MB of memory, plus the copying of what is in use. */
export function takeImage(memory: Uint8Array, addresses: LuaAddresses): MemoryImage {
  const pages: number[] = [];
  for (let page = 0; page * PAGE_BYTES < memory.length; page++) {
    if (Buffer.compare(pageOf(memory, page), EMPTY_PAGE) !== 0) pages.push(page);
  }
  const bytes = new SharedArrayBuffer(pages.length * PAGE_BYTES);
  const copy = new Uint8Array(bytes);
  pages.forEach((page, i) => copy.set(pageOf(memory, page), i * PAGE_BYTES));
  return { memoryBytes: memory.length, addresses, pages: Uint32Array.from(pages), bytes };
}

/** Writes an image into the memory of a new instance, which holds nothing but its own data segments. */
export function fillFromImage(memory: Uint8Array, image: MemoryImage): void {
  const bytes = new Uint8Array(image.bytes);
  let next = 0;
  image.pages.forEach((page, i) => {
    for (; next < page; next++) {
      if (Buffer.compare(pageOf(memory, next), EMPTY_PAGE) !== 0) pageOf(memory, next).fill(0);
    }
    memory.set(bytes.subarray(i * PAGE_BYTES, (i + 1) * PAGE_BYTES), page * PAGE_BYTES);
    next = page + 1;
  });
}

function pageOf(memory: Uint8Array, page: number): Uint8Array {
  return memory.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
}
