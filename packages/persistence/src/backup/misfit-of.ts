import type { Column } from '@beamline/ecs';
import { CELL_WIDTH } from '../columns/cell-width.ts';

/**
 * Whether bytes that hash right are a page of these columns and rows: lengths only, no cell is decoded, which would take
 * ten times as long as hashing. Resolves to what is wrong.
 */
export function misfitOf(bytes: Uint8Array, columns: readonly Column[], rows: number): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) return `has ${bytes.length} bytes`;
  if (view.getUint32(0, true) !== rows) return `has ${view.getUint32(0, true)} rows, not ${rows}`;
  let at = 4;
  for (const { name, kind } of columns) {
    if (kind !== 'str') {
      at += rows * CELL_WIDTH[kind];
      continue;
    }
    if (at + rows * 4 > bytes.length) return `ends in column ${name}`;
    let text = 0;
    for (let row = 0; row < rows; row += 1) text += view.getUint32(at + row * 4, true);
    at += rows * 4 + text;
  }
  return at === bytes.length ? undefined : `has ${bytes.length} bytes where its columns have ${at}`;
}
