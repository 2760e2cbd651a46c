import { createHash } from 'node:crypto';
import type { Column } from '@beamline/ecs';
import { pageBytes } from '@beamline/ecs';
import { sha256Hex } from './sha256.ts';
import type { PageId } from './snapshot-store.ts';
import type { WorldImage } from './world-image.ts';
import { pagesOf } from './world-image.ts';

/*
 * The root: a Merkle tree over page ids, per table, then per world. H is SHA-256, ‖ joins bytes, numbers are bytes.
 *
 *   page id        = H(canonical bytes of the page)
 *   tree([])       = H(0x00)
 *   tree([x])      = H(0x01 ‖ x)
 *   tree(xs)       = H(0x02 ‖ tree(xs[0…k)) ‖ tree(xs[k…)))      k = largest power of two below the count (as RFC 6962)
 *   header         = UTF-8 of JSON [name, rows, [[column, kind], …]]
 *   table          = H(0x03 ‖ u32le(length of header) ‖ header ‖ tree(page ids))
 *   root           = H(0x04 ‖ u32le(number of tables) ‖ tree(tables in ascending order of name, by UTF-16 unit))
 *
 * The first bytes differ, so no hash of one kind can pass for another. The root covers the state alone (names, kinds,
 * rows, cells), not slot, process, stamps or the order of tables: two worlds in the same state have the same root.
 */

/** What the root needs to know of a table. `pages`: ids in order. */
export interface TableDigest {
  name: string;
  columns: readonly Column[];
  rows: number;
  pages: readonly PageId[];
}

/** Lower-case hex SHA-256 Merkle root of a decoded world; equals `rootOf` of its manifest. */
export function imageRoot(image: WorldImage): string {
  return rootOf(image.tables.map((table) => ({
    name: table.name,
    columns: table.columns,
    rows: table.rows,
    pages: pagesOf(table).map((page) => sha256Hex(pageBytes(table.columns, page))),
  })));
}

/** The root from page ids alone: no page is read. */
export function rootOf(tables: readonly TableDigest[]): string {
  const sorted = [...tables].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  return hashOf([4], u32(sorted.length), tree(sorted.map(tableHash))).toString('hex');
}

function tableHash({ name, columns, rows, pages }: TableDigest): Uint8Array {
  const header = Buffer.from(JSON.stringify([name, rows, columns.map((column) => [column.name, column.kind])]), 'utf8');
  return hashOf([3], u32(header.length), header, tree(pages.map((id) => Buffer.from(id, 'hex'))));
}

function tree(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return hashOf([0]);
  if (leaves.length === 1) return hashOf([1], first);
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return hashOf([2], tree(leaves.slice(0, half)), tree(leaves.slice(half)));
}

function hashOf(domain: readonly [number], ...parts: readonly Uint8Array[]): Buffer {
  const sha256 = createHash('sha256').update(Uint8Array.of(domain[0]));
  for (const part of parts) sha256.update(part);
  return sha256.digest();
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
