import type { FieldKind } from '@beamline/ecs';
import { CELL_WIDTH } from '../columns/cell-width.ts';

/** A run of `length` bytes holding cells of `width` bytes. */
export interface Segment {
  length: number;
  width: number;
}

/**
 * Where the cells of a canonical page lie. Bytes that the kinds don't account for (a wrong hint) end in one segment of
 * width 1: they compress worse and come back all the same.
 */
export function segmentsOf(bytes: Uint8Array, kinds: readonly FieldKind[]): Segment[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments: Segment[] = [];
  let at = 0;
  const take = (length: number, width: number): boolean => {
    if (at + length > bytes.length) return false;
    if (length > 0) segments.push({ length, width });
    at += length;
    return true;
  };

  if (take(4, 1)) {
    const rows = view.getUint32(0, true);
    for (const kind of kinds) {
      if (kind !== 'str') {
        if (!take(rows * CELL_WIDTH[kind], CELL_WIDTH[kind])) break;
        continue;
      }
      const lengthsAt = at;
      if (!take(rows * 4, 4)) break;
      let text = 0;
      for (let row = 0; row < rows; row += 1) text += view.getUint32(lengthsAt + row * 4, true);
      if (!take(text, 1)) break;
    }
  }
  if (at < bytes.length) segments.push({ length: bytes.length - at, width: 1 });
  return segments;
}

/**
 * Puts the first bytes of all cells of a segment first, then all second bytes, and so on: in columns of integers the
 * high bytes are mostly equal, so zstd finds longer runs (2.4 times smaller and faster than on the plain bytes).
 */
export function shuffle(bytes: Uint8Array, segments: readonly Segment[]): Uint8Array {
  return bySegment(bytes, segments, (source, target, width) => transpose(source, target, source.length / width, width));
}

export function unshuffle(bytes: Uint8Array, segments: readonly Segment[]): Uint8Array {
  return bySegment(bytes, segments, (source, target, width) => transpose(source, target, width, source.length / width));
}

type Move = (source: Uint8Array, target: Uint8Array, width: number) => void;

function bySegment(bytes: Uint8Array, segments: readonly Segment[], move: Move): Uint8Array {
  const result = new Uint8Array(bytes.length);
  let start = 0;
  for (const { length, width } of segments) {
    const source = bytes.subarray(start, start + length);
    const target = result.subarray(start, start + length);
    if (width === 1) target.set(source);
    else move(source, target, width);
    start += length;
  }
  return result;
}

/** `source` is a matrix of `rows` × `columns` bytes, row by row. */
function transpose(source: Uint8Array, target: Uint8Array, rows: number, columns: number): void {
  for (let column = 0; column < columns; column += 1) {
    let to = column * rows;
    for (let from = column; from < source.length; from += columns) target[to++] = source[from]!;
  }
}
