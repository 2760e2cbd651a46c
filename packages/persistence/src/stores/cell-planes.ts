/*
 * Cells of w bytes become w planes: all first bytes, then all second bytes, and so on. In columns of integers the high
 * bytes are mostly equal, so zstd finds long runs. Four cells are moved at a time, as 32-bit words, where everything
 * lies on 4-byte boundaries and the number of cells is a multiple of 4: full pages do.
 */

/** Memory as bytes and as little-endian words. */
export interface Memory {
  bytes: Uint8Array;
  words: Uint32Array;
}

/** Fresh memory that is not cleared. */
export function allocate(size: number): Memory {
  return memoryOf(Buffer.allocUnsafeSlow((size + 3) & ~3));
}

/** @param bytes beginning on a 4-byte boundary of its buffer; a shorter last word is left out */
export function memoryOf(bytes: Uint8Array): Memory {
  return { bytes, words: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) };
}

/** Moves `count` cells of `width` bytes at `from` to planes: the n-th begins at `to + n * stride`. */
export function toPlanes(source: Memory, from: number, target: Memory, to: number, count: number, width: number, stride: number): void {
  if (width === 1) target.bytes.set(source.bytes.subarray(from, from + count), to);
  else if (((from | to | stride | count) & 3) !== 0 || width % 2 !== 0) {
    for (let plane = 0; plane < width; plane += 1) {
      for (let n = 0; n < count; n += 1) target.bytes[to + plane * stride + n] = source.bytes[from + n * width + plane]!;
    }
  } else if (width === 2) splitPairs(source.words, from >> 2, target.words, to >> 2, count >> 2, stride >> 2);
  else {
    for (let word = 0; word < width >> 2; word += 1) {
      splitWords(source.words, (from >> 2) + word, width >> 2, target.words, (to + 4 * word * stride) >> 2, count >> 2, stride >> 2);
    }
  }
}

/** The inverse of `toPlanes`. */
export function fromPlanes(source: Memory, from: number, target: Memory, to: number, count: number, width: number, stride: number): void {
  if (width === 1) target.bytes.set(source.bytes.subarray(from, from + count), to);
  else if (((from | to | stride | count) & 3) !== 0 || width % 2 !== 0) {
    for (let plane = 0; plane < width; plane += 1) {
      for (let n = 0; n < count; n += 1) target.bytes[to + n * width + plane] = source.bytes[from + plane * stride + n]!;
    }
  } else if (width === 2) joinPairs(source.words, from >> 2, target.words, to >> 2, count >> 2, stride >> 2);
  else {
    for (let word = 0; word < width >> 2; word += 1) {
      joinWords(source.words, (from + 4 * word * stride) >> 2, target.words, (to >> 2) + word, width >> 2, count >> 2, stride >> 2);
    }
  }
}

/** `quads` groups of four words, `step` apart, into four planes. */
function splitWords(source: Uint32Array, from: number, step: number, target: Uint32Array, to: number, quads: number, stride: number): void {
  for (let n = 0, at = from; n < quads; n += 1, at += 4 * step) {
    const a = source[at]!;
    const b = source[at + step]!;
    const c = source[at + 2 * step]!;
    const d = source[at + 3 * step]!;
    target[to + n] = (a & 0xff) | ((b & 0xff) << 8) | ((c & 0xff) << 16) | (d << 24);
    target[to + stride + n] = ((a >>> 8) & 0xff) | (b & 0xff00) | ((c & 0xff00) << 8) | ((d & 0xff00) << 16);
    target[to + 2 * stride + n] = ((a >>> 16) & 0xff) | ((b >>> 8) & 0xff00) | (c & 0xff0000) | ((d & 0xff0000) << 8);
    target[to + 3 * stride + n] = (a >>> 24) | ((b >>> 16) & 0xff00) | ((c >>> 8) & 0xff0000) | (d & 0xff000000);
  }
}

function joinWords(source: Uint32Array, from: number, target: Uint32Array, to: number, step: number, quads: number, stride: number): void {
  for (let n = 0, at = to; n < quads; n += 1, at += 4 * step) {
    const a = source[from + n]!;
    const b = source[from + stride + n]!;
    const c = source[from + 2 * stride + n]!;
    const d = source[from + 3 * stride + n]!;
    target[at] = (a & 0xff) | ((b & 0xff) << 8) | ((c & 0xff) << 16) | (d << 24);
    target[at + step] = ((a >>> 8) & 0xff) | (b & 0xff00) | ((c & 0xff00) << 8) | ((d & 0xff00) << 16);
    target[at + 2 * step] = ((a >>> 16) & 0xff) | ((b >>> 8) & 0xff00) | (c & 0xff0000) | ((d & 0xff0000) << 8);
    target[at + 3 * step] = (a >>> 24) | ((b >>> 16) & 0xff00) | ((c >>> 8) & 0xff0000) | (d & 0xff000000);
  }
}

/** Four cells of two bytes lie in two words. */
function splitPairs(source: Uint32Array, from: number, target: Uint32Array, to: number, quads: number, stride: number): void {
  for (let n = 0, at = from; n < quads; n += 1, at += 2) {
    const a = source[at]!;
    const b = source[at + 1]!;
    target[to + n] = (a & 0xff) | ((a >>> 8) & 0xff00) | ((b & 0xff) << 16) | ((b << 8) & 0xff000000);
    target[to + stride + n] = ((a >>> 8) & 0xff) | ((a >>> 16) & 0xff00) | ((b << 8) & 0xff0000) | (b & 0xff000000);
  }
}

function joinPairs(source: Uint32Array, from: number, target: Uint32Array, to: number, quads: number, stride: number): void {
  for (let n = 0, at = to; n < quads; n += 1, at += 2) {
    const a = source[from + n]!;
    const b = source[from + stride + n]!;
    target[at] = (a & 0xff) | ((b & 0xff) << 8) | ((a & 0xff00) << 8) | ((b & 0xff00) << 16);
    target[at + 1] = ((a >>> 16) & 0xff) | ((b >>> 8) & 0xff00) | ((a >>> 8) & 0xff0000) | (b & 0xff000000);
  }
}
