import type { Column } from './component.ts';
import type { FieldKind } from './field.ts';
import { maxOf, minOf } from './field.ts';
import type { PageImage } from './page-image.ts';

/*
 * A page as canonical bytes, little-endian; one encoding per content, so its SHA-256 names it. JavaScript only.
 *
 *   offset  size            what
 *   0       4               rows, u32
 *   4       rows × width    first column's cells …
 *   …                       … and so on, column by column, without padding
 *
 * Widths: u8 i8 bool 1 · u16 i16 2 · u32 i32 eid 4 · i53 f64 8 (a signed integer; an IEEE double). A column of text is
 * rows × u32 lengths in bytes, then all bytes of its UTF-8.
 */

const WIDTHS: Readonly<Record<Exclude<FieldKind, 'str'>, number>> = {
  u8: 1, i8: 1, bool: 1, u16: 2, i16: 2, u32: 4, i32: 4, eid: 4, i53: 8, f64: 8,
};
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of a row in a page, apart from the contents of its texts. */
export function rowBytes(columns: readonly Column[]): number {
  return columns.reduce((sum, { kind }) => sum + (kind === 'str' ? 4 : WIDTHS[kind]), 0);
}

export function pageBytes(columns: readonly Column[], page: PageImage): Uint8Array {
  const texts = columns.map(({ kind }, c) => (kind === 'str' ? (page.columns[c] as string[]).map((text) => encoder.encode(text)) : []));
  let size = 4;
  for (const [c, { kind }] of columns.entries()) {
    size += kind === 'str' ? texts[c]!.reduce((sum, bytes) => sum + 4 + bytes.length, 0) : WIDTHS[kind] * page.rows;
  }
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, page.rows, true);
  let at = 4;
  for (const [c, { kind }] of columns.entries()) {
    if (kind === 'str') {
      for (const text of texts[c]!) {
        view.setUint32(at, text.length, true);
        at += 4;
      }
      for (const text of texts[c]!) {
        bytes.set(text, at);
        at += text.length;
      }
      continue;
    }
    for (const value of page.columns[c] as number[]) {
      writeCell(view, at, kind, value);
      at += WIDTHS[kind];
    }
  }
  return bytes;
}

/** The inverse of `pageBytes`. @throws 'ecs/bad-page: …' for anything `pageBytes` would not have written. */
export function decodePageBytes(columns: readonly Column[], bytes: Uint8Array): PageImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (size: number): number => {
    if (at + size > bytes.length) throw `ecs/bad-page: ${bytes.length} bytes end within a page`;
    at += size;
    return at - size;
  };
  const rows = view.getUint32(take(4), true);
  const image = columns.map(({ kind, name }) => {
    if (kind !== 'str') {
      const start = take(rows * WIDTHS[kind]);
      return Array.from({ length: rows }, (_, row) => readCell(view, start + row * WIDTHS[kind], kind, name));
    }
    const lengths = take(rows * 4);
    return Array.from({ length: rows }, (_, row) => {
      const length = view.getUint32(lengths + row * 4, true);
      const start = take(length);
      return readText(bytes.subarray(start, start + length), name);
    });
  });
  if (at !== bytes.length) throw `ecs/bad-page: ${bytes.length - at} bytes follow the page`;
  return { rows, columns: image };
}

function readText(bytes: Uint8Array, name: string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw `ecs/bad-page: ${name} holds bytes that are not UTF-8`;
  }
}

function writeCell(view: DataView, at: number, kind: FieldKind, value: number): void {
  if (kind === 'f64') view.setFloat64(at, value, true);
  else if (kind === 'i53') view.setBigInt64(at, BigInt(value), true);
  else if (kind === 'u32' || kind === 'eid') view.setUint32(at, value, true);
  else if (kind === 'i32') view.setInt32(at, value, true);
  else if (kind === 'u16') view.setUint16(at, value, true);
  else if (kind === 'i16') view.setInt16(at, value, true);
  else if (kind === 'i8') view.setInt8(at, value);
  else view.setUint8(at, value);
}

function readCell(view: DataView, at: number, kind: FieldKind, name: string): number {
  const value = rawCell(view, at, kind);
  if (kind === 'f64' ? Number.isFinite(value) : value >= minOf(kind) && value <= maxOf(kind)) return value;
  throw `ecs/bad-page: ${name} holds ${value}, which is out of range`;
}

function rawCell(view: DataView, at: number, kind: FieldKind): number {
  if (kind === 'f64') return view.getFloat64(at, true);
  if (kind === 'i53') return Number(view.getBigInt64(at, true));
  if (kind === 'u32' || kind === 'eid') return view.getUint32(at, true);
  if (kind === 'i32') return view.getInt32(at, true);
  if (kind === 'u16') return view.getUint16(at, true);
  if (kind === 'i16') return view.getInt16(at, true);
  if (kind === 'i8') return view.getInt8(at);
  return view.getUint8(at);
}
