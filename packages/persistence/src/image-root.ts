import type { Column } from '@beamline/ecs';
import { pageBytes } from '@beamline/ecs';
import { createMerkleTree } from './merkle-tree.ts';
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
  return rootOfTrees(withTrees(tables));
}

/** What the root needs of a table whose tree of page ids is hashed already, lower-case hex. */
type TreeDigest = Omit<TableDigest, 'pages'> & { tree: string };

/** The root from the `tree` of each table's page ids. */
export function rootOfTrees(tables: readonly TreeDigest[]): string {
  return hashOf(4, u32(tables.length), hexBytes(worldTree(tables).root()));
}

/** What leads from page `n` to its table: the header, and the hashes beside the way, the lowest first. */
export function pathInTable(table: TableDigest, n: number): { header: Uint8Array; inTable: readonly Uint8Array[] } {
  return { header: headerOf(table), inTable: createMerkleTree(table.pages).path(n).map(hexBytes) };
}

/** What leads from the table of that name to the root. */
export function pathInWorld(tables: readonly TableDigest[], name: string): { tables: number; table: number; inWorld: readonly Uint8Array[] } {
  const table = inOrder(tables).findIndex((each) => each.name === name);
  return { tables: tables.length, table, inWorld: worldTree(withTrees(tables)).path(table).map(hexBytes) };
}

function withTrees(tables: readonly TableDigest[]): TreeDigest[] {
  return tables.map(({ pages, ...table }) => ({ ...table, tree: createMerkleTree(pages).root() }));
}

function worldTree(tables: readonly TreeDigest[]) {
  return createMerkleTree(inOrder(tables).map(tableHash));
}

function inOrder<T extends { name: string }>(tables: readonly T[]): T[] {
  return [...tables].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

function tableHash(table: TreeDigest): string {
  const header = headerOf(table);
  return hashOf(3, u32(header.length), header, hexBytes(table.tree));
}

function headerOf({ name, rows, columns }: Omit<TableDigest, 'pages'>): Uint8Array {
  return Buffer.from(JSON.stringify([name, rows, columns.map((column) => [column.name, column.kind])]), 'utf8');
}

function hashOf(domain: number, ...parts: readonly Uint8Array[]): string {
  return sha256Hex(Buffer.concat([Uint8Array.of(domain), ...parts]));
}

function hexBytes(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
