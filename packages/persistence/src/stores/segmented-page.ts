import type { FieldKind } from '@beamline/ecs';
import { CELL_WIDTH } from '../columns/cell-width.ts';
import type { Page, PageId } from '../snapshot-store.ts';

/**
 * A page's bytes as runs of cells: the row count, then the columns, a column of text as two (lengths, then bytes), and at
 * last a run of width 1 for what the kinds don't account for. A wrong hint compresses worse, and comes back all the same.
 */
export interface SegmentedPage {
  bytes: Uint8Array;
  /** Of the cells of each segment. */
  widths: readonly number[];
  /** In bytes; some may be 0. Together they are the page. */
  lengths: readonly number[];
}

/** A page as it came out of a pack. */
export interface UnpackedPage extends SegmentedPage {
  /** Of its bytes, where it was computed as they were unpacked. */
  sha256?: string;
}

/** A page as packs hold it. */
export interface PackedPage extends SegmentedPage {
  id: PageId;
}

let last: { kinds: readonly FieldKind[]; plain: boolean; widths: readonly number[]; lengths: readonly number[]; rows: number; size: number } | undefined;

/** A page with what its kinds say about it. */
export function segmented({ id, bytes, kinds }: Page): PackedPage {
  const rows = bytes.length < 4 ? -1 : bytes[0]! + (bytes[1]! << 8) + (bytes[2]! << 16) + bytes[3]! * 2 ** 24;
  // Pages come table by table: equal widths and lengths are the same list, which later comparisons notice at once.
  if (last?.kinds !== kinds || !last.plain || last.rows !== rows || last.size !== bytes.length) {
    const widths = last?.kinds === kinds ? last.widths : [4, ...kinds.flatMap((kind) => (kind === 'str' ? [4, 1] : [CELL_WIDTH[kind]])), 1];
    last = { kinds, plain: !kinds.includes('str'), widths, lengths: lengthsOf(bytes, kinds), rows, size: bytes.length };
  }
  return { id, bytes, widths: last.widths, lengths: last.lengths };
}

function lengthsOf(bytes: Uint8Array, kinds: readonly FieldKind[]): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lengths: number[] = [];
  let left = bytes.length;
  let fits = true;
  const take = (length: number): void => {
    fits &&= length <= left;
    lengths.push(fits ? length : 0);
    if (fits) left -= length;
  };
  take(4);
  const rows = fits ? view.getUint32(0, true) : 0;
  for (const kind of kinds) {
    if (kind !== 'str') {
      take(rows * CELL_WIDTH[kind]);
      continue;
    }
    const start = bytes.length - left;
    take(rows * 4);
    let text = 0;
    if (fits) for (let row = 0; row < rows; row += 1) text += view.getUint32(start + row * 4, true);
    take(text);
  }
  lengths.push(left);
  return lengths;
}
