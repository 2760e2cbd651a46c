import type { PlacedPages } from './page-work.ts';

/** Where pages lie, as threads are told. Pages outside of shared memory are copied into some. */
export function placed(pages: readonly { bytes: Uint8Array }[]): PlacedPages & { bytes: number } {
  const bytes = pages.reduce((sum, page) => sum + page.bytes.length, 0);
  const places = new Uint32Array(pages.length * 3);
  const memories: ArrayBufferLike[] = [];
  let copies: { bytes: Uint8Array; used: number } | undefined;
  for (const [n, { bytes: page }] of pages.entries()) {
    let memory = page.buffer;
    let at = page.byteOffset;
    if (!(memory instanceof SharedArrayBuffer)) {
      copies ??= { bytes: new Uint8Array(new SharedArrayBuffer(bytes + 8 * pages.length)), used: 0 };
      copies.bytes.set(page, copies.used);
      memory = copies.bytes.buffer;
      at = copies.used;
      copies.used += (page.length + 7) & ~7;
    }
    if (memories.at(-1) !== memory) memories.push(memory);
    places.set([memories.length - 1, at, page.length], 3 * n);
  }
  return { memories, places, bytes };
}
