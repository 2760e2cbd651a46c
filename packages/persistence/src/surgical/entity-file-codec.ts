import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Fault } from '@beamline/core';
import { canonicalJson, decodePageBytes, PAGE_ROWS, type Column, type Layout } from '@beamline/ecs';
import { rootOf } from '../image-root.ts';
import { columnsOfField } from '../migration/cell.ts';
import { sha256Hex } from '../sha256.ts';
import { pageCountOf, tableOfPages, type TableImage } from '../world-image.ts';
import type { EntityFile } from './entity-file.ts';
import { tablePages } from './table-pages.ts';

/*
 * A file of entities, version 1. Numbers are little-endian.
 *
 *   offset  size   what
 *   0       4      'BLEF'
 *   4       2      version, u16
 *   6       4      length of the header, u32
 *   10      h      header: canonical JSON; its SHA-256 is the file's id
 *   10+h    n      zstd of the canonical pages (page-bytes of ecs), one after another, in the header's order
 *   …       32     SHA-256 of everything before
 *
 * Header: game, role, process, slot, lineage, layout, root, tables [{ name, rows, pages: [bytes, …] }]. The first two tables
 * are the entities in it and those outside, one column of handles each; then the layout's components, whose columns
 * follow from it. The root covers the pages, so the id covers all that the file holds.
 */
const MAGIC = 'BLEF';
const HEAD = 10;
const HASH = 32;
/** More than any world holds. */
const MAX_PAGE_BYTES = 1 << 30;

interface Header extends Omit<EntityFile, 'version' | 'id' | 'tables' | 'entities' | 'outside'> {
  tables: { name: string; rows: number; pages: number[] }[];
}

export function encodeEntityFile(file: Omit<EntityFile, 'id' | 'root'>): { bytes: Uint8Array; id: string; root: string } {
  const { version: _, tables: components, entities, outside, ...about } = file;
  const tables = [handles('$entities', entities), handles('$outside', outside), ...components];
  const pages = tables.map(tablePages);
  const root = rootOf(tables.map((table, t) => ({ ...table, pages: pages[t]!.map(sha256Hex) })));
  const header: Header = { ...about, root, tables: tables.map(({ name, rows }, t) => ({ name, rows, pages: pages[t]!.map((bytes) => bytes.length) })) };
  const text = Buffer.from(canonicalJson(header), 'utf8');
  const head = Buffer.alloc(HEAD);
  head.write(MAGIC, 'latin1');
  head.writeUInt16LE(1, 4);
  head.writeUInt32LE(text.length, 6);
  const body = Buffer.concat([head, text, zstdCompressSync(Buffer.concat(pages.flat()))]);
  return { bytes: new Uint8Array(Buffer.concat([body, createHash('sha256').update(body).digest()])), id: sha256Hex(text), root };
}

/**
 * @throws Fault `persistence/export-damaged` for anything that was not written like this, `persistence/export-version`
 * for a format of the future.
 */
export function decodeEntityFile(bytes: Uint8Array): EntityFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < HEAD + HASH || file.toString('latin1', 0, 4) !== MAGIC) throw damaged('is no file of entities');
  const version = file.readUInt16LE(4);
  if (version !== 1) {
    throw new Fault('persistence/export-version', `the file of entities has version ${version}; this reader knows 1`, { hint: 'Upgrade Beamline to the version that wrote it.' });
  }
  const body = file.subarray(0, -HASH);
  if (!createHash('sha256').update(body).digest().equals(file.subarray(-HASH))) throw damaged('does not hash to what it says');
  const end = HEAD + file.readUInt32LE(6);
  if (end > body.length) throw damaged('ends within its header');
  const text = body.subarray(HEAD, end);
  try {
    const header = JSON.parse(text.toString('utf8')) as Header;
    const tables = readTables(header, body.subarray(end));
    const root = rootOf(tables.map((table) => ({ ...table, pages: tablePages(table).map(sha256Hex) })));
    if (root !== header.root) throw damaged(`claims root ${header.root}, its pages have ${root}`);
    const [entities, outside] = tables.slice(0, 2).map(({ data }) => data[0]) as unknown as [readonly number[], readonly number[]];
    const components = tables.slice(2);
    checkContent(header, entities, outside, components);
    const { game, role, process, slot, lineage, layout } = header;
    return { version: 1, id: sha256Hex(text), game, role, process, slot, lineage, layout, entities, outside, tables: components, root };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw damaged(`holds something else than entities: ${String(cause)}`, cause);
  }
}

export function columnsOfComponent({ fields }: Layout['components'][number]): Column[] {
  return [{ name: '$entity', kind: 'eid' }, ...fields.flatMap(columnsOfField)];
}

const HANDLES: readonly Column[] = [{ name: '$entity', kind: 'eid' }];

function handles(name: string, entities: readonly number[]): TableImage {
  return { name, columns: HANDLES, rows: entities.length, data: [entities], stamps: [] };
}

function readTables({ tables, layout }: Header, compressed: Uint8Array): TableImage[] {
  const sizes = tables.flatMap(({ pages }) => pages);
  const size = sizes.reduce((sum, length) => sum + length, 0);
  if (!sizes.every((length) => Number.isInteger(length) && length >= 4) || size > MAX_PAGE_BYTES) throw damaged('names pages of impossible sizes');
  const pages = zstdDecompressSync(compressed, { maxOutputLength: Math.max(1, size) });
  if (pages.length !== size) throw damaged(`holds ${pages.length} bytes of pages instead of ${size}`);
  const wanted = [
    { name: '$entities', columns: HANDLES }, { name: '$outside', columns: HANDLES },
    ...layout.components.map((component) => ({ name: component.name, columns: columnsOfComponent(component) })),
  ];
  if (tables.length !== wanted.length) throw damaged('names other components than its layout');
  let at = 0;
  return tables.map(({ name, rows, pages: lengths }, t) => {
    const { columns } = wanted[t]!;
    if (name !== wanted[t]!.name || lengths.length !== pageCountOf(rows)) throw damaged(`describes ${name} otherwise than its layout`);
    const images = lengths.map((length) => {
      at += length;
      return decodePageBytes(columns, pages.subarray(at - length, at));
    });
    const table = tableOfPages(name, columns, images, images.map(() => 0));
    if (table.rows !== rows || images.slice(0, -1).some((page) => page.rows !== PAGE_ROWS)) throw damaged(`names ${rows} rows of ${name}, its pages hold ${table.rows}`);
    return table;
  });
}

/** What its writer guarantees and an import relies on. */
function checkContent(
  { game, role, process, lineage, slot }: Header, entities: readonly number[], outside: readonly number[], tables: readonly TableImage[],
): void {
  const known = new Set(entities);
  const whole = [game, role, process, lineage].every((text) => typeof text === 'string') && Number.isInteger(slot)
    && !known.has(0) && known.size === entities.length && !outside.some((entity) => entity === 0 || known.has(entity));
  if (!whole) throw damaged('contradicts itself');
  for (const { name, data } of tables) {
    const holders = data[0] as readonly number[];
    if (new Set(holders).size !== holders.length || !holders.every((entity) => known.has(entity))) throw damaged(`gives ${name} to an entity that is not in it, or twice`);
  }
}

function damaged(how: string, cause?: unknown): Fault {
  return new Fault('persistence/export-damaged', `the file ${how}`, { hint: 'Export the entities again, or copy the file again.', cause });
}
