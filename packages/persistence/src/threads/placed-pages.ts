import type { PlacedPages } from './page-work.ts';

/** Where pages lie, as threads are told. Pages outside of shared memory are copied into some. */
export function placed(pages: readonly { bytes: Uint8Array }[]): PlacedPages & { bytes: number } {
  let bytes = 0;
  for (const page of pages) bytes += page.bytes.length;
  const places = new Uint32Array(pages.length * 3);
  const memories: ArrayBufferLike[] = [];
  let copies: { bytes: Uint8Array; used: number } | undefined;
  for (let n = 0; n < pages.length; n += 1) {
    const page = pages[n]!.bytes;
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
    places[3 * n] = memories.length - 1;
    places[3 * n + 1] = at;
    places[3 * n + 2] = page.length;
  }
  return { memories, places, bytes };
}
