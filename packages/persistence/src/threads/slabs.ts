/** Memory that all threads see, in pieces of this size. */
export const SLAB_BYTES = 1024 * 1024;
/** Kept for the next snapshot: fresh memory costs more than copying into it. As much as one snapshot uses at once. */
const KEPT = 12;

const spare: Buffer[] = [];

/** At least `bytes`; a larger piece for what does not fit into one. */
export function takeSlab(bytes: number): Buffer {
  return (bytes <= SLAB_BYTES ? spare.pop() : undefined) ?? Buffer.from(new SharedArrayBuffer(Math.max(SLAB_BYTES, bytes)));
}

/** Once no thread looks at it any more. */
export function giveBackSlab(slab: Buffer): void {
  if (slab.length === SLAB_BYTES && spare.length < KEPT) spare.push(slab);
}
