import { Fault } from '@beamline/core';
import type { FieldKind } from '@beamline/ecs';
import protobuf from 'protobufjs/light.js';
import type { BlockedTable, PageEntry, SnapshotContent, StoredManifest, TableEntry } from './manifest.ts';
import { formatRef, parseRef } from './snapshot-ref.ts';

/*
 * manifest.proto, version 2:
 *
 *   message Manifest { uint32 version = 1; string game = 2; string role = 3; string process = 4; uint64 slot = 5;
 *                      string layout = 6; repeated Table tables = 7; bytes root = 8; string digest = 9;
 *                      string parent = 10;                                   // <process>@<slot>:<sha256>, or empty
 *                      uint64 taken_at = 11; }                               // ms since 1970, or 0
 *   message Table    { string name = 1; repeated Column columns = 2; uint32 rows = 3; bytes page_ids = 4;
 *                      repeated uint32 digests = 5; repeated uint64 stamps = 6; bytes block_ids = 7; }
 *   message Column   { string name = 1; string kind = 2; }
 *
 * `block_ids`: 32 bytes per index block (index-block.ts). Version 1, read but no longer written, has fields 4 to 6
 * instead: per page 32 bytes of `page_ids`, two `digests` (h1, h2), one of `stamps`.
 */
const field = (type: string, id: number, rule?: 'repeated' | 'optional') => (rule ? { type, id, rule } : { type, id });
const types = protobuf.Root.fromJSON({
  nested: {
    Version: { fields: { version: field('uint32', 1) } },
    Manifest: {
      fields: {
        version: field('uint32', 1), game: field('string', 2), role: field('string', 3), process: field('string', 4),
        slot: field('uint64', 5), layout: field('string', 6), tables: field('Table', 7, 'repeated'),
        root: field('bytes', 8), digest: field('string', 9), parent: field('string', 10),
        takenAt: field('uint64', 11),
      },
    },
    Table: {
      fields: {
        name: field('string', 1), columns: field('Column', 2, 'repeated'), rows: field('uint32', 3),
        pageIds: field('bytes', 4), digests: field('uint32', 5, 'repeated'), stamps: field('uint64', 6, 'repeated'),
        blockIds: field('bytes', 7),
      },
    },
    Column: { fields: { name: field('string', 1), kind: field('string', 2) } },
  },
});
const ManifestType = types.lookupType('Manifest');
// Field 1 keeps its meaning in every version to come; the rest is decoded only once the version is known.
const VersionType = types.lookupType('Version');
const KINDS: ReadonlySet<string> = new Set<FieldKind>(['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'i53', 'bool', 'eid', 'str', 'f64']);

interface Wire {
  version: number; game: string; role: string; process: string; slot: number; layout: string;
  tables: WireTable[]; root: Uint8Array; digest: string; parent: string; takenAt: number;
}
interface WireTable {
  name: string; columns: { name: string; kind: string }[]; rows: number;
  pageIds: Uint8Array; digests: number[]; stamps: number[]; blockIds: Uint8Array;
}

export function encodeManifest(manifest: SnapshotContent<BlockedTable> & { root: string }): Uint8Array {
  const wire: Omit<Wire, 'tables'> & { tables: Partial<WireTable>[] } = {
    ...manifest,
    version: 2,
    root: Buffer.from(manifest.root, 'hex'),
    digest: manifest.digest ?? '',
    takenAt: manifest.takenAt ?? 0,
    parent: manifest.parent === undefined ? '' : formatRef(manifest.parent),
    tables: manifest.tables.map(({ name, columns, rows, blocks }) => ({
      name,
      columns: columns.map((column) => ({ name: column.name, kind: column.kind })),
      rows,
      blockIds: Buffer.from(blocks.join(''), 'hex'),
    })),
  };
  return new Uint8Array(ManifestType.encode(ManifestType.fromObject(wire)).finish());
}

/** @throws Fault `persistence/manifest-version` for a format of the future, `persistence/manifest-damaged`. */
export function decodeManifest(body: Uint8Array): StoredManifest {
  const { version } = decodeAs<{ version: number }>(VersionType, body);
  if (version !== 1 && version !== 2) {
    throw new Fault('persistence/manifest-version', `the manifest has version ${version}; this reader knows 1 and 2`, {
      hint: 'Upgrade Beamline to the version that wrote the snapshot.',
    });
  }
  const wire = decodeAs<Wire>(ManifestType, body);
  const { game, role, process, slot, layout, digest, parent, takenAt } = wire;
  const common = {
    game, role, process, slot, layout,
    root: Buffer.from(wire.root).toString('hex'),
    ...(digest === '' ? {} : { digest }),
    ...(parent === '' ? {} : { parent: parseRef(parent) }),
    ...(takenAt === 0 ? {} : { takenAt }),
  };
  if (version === 1) return { version, ...common, tables: wire.tables.map(tableOfPageIds) };
  return { version, ...common, tables: wire.tables.map(tableOfBlocks) };
}

function decodeAs<T>(type: protobuf.Type, body: Uint8Array): T {
  try {
    return type.toObject(type.decode(body), { longs: Number, defaults: true, arrays: true }) as T;
  } catch (cause) {
    throw manifestDamaged('is not a manifest', cause);
  }
}

function tableOfPageIds({ pageIds, digests, stamps, ...table }: WireTable): TableEntry {
  const ids = idsOf(pageIds, table.name);
  if (ids.length !== stamps.length || digests.length !== stamps.length * 2) {
    throw manifestDamaged(`names a different number of page ids, digests and stamps for table ${table.name}`);
  }
  const pages = stamps.map((stamp, n): PageEntry => ({ id: ids[n]!, digest: `${digests[n * 2]}-${digests[n * 2 + 1]}`, stamp }));
  return { ...headOf(table), pages };
}

function tableOfBlocks({ blockIds, ...table }: WireTable): BlockedTable {
  return { ...headOf(table), blocks: idsOf(blockIds, table.name) };
}

function headOf({ name, columns, rows }: Pick<WireTable, 'name' | 'columns' | 'rows'>): Omit<TableEntry, 'pages'> {
  return { name, columns: columns.map((column) => ({ name: column.name, kind: kindOf(column.kind, name) })), rows };
}

function kindOf(kind: string, table: string): FieldKind {
  if (KINDS.has(kind)) return kind as FieldKind;
  throw manifestDamaged(`has a column of unknown kind ${JSON.stringify(kind)} in table ${table}`);
}

function idsOf(bytes: Uint8Array, table: string): string[] {
  if (bytes.length % 32 !== 0) throw manifestDamaged(`cuts an id short for table ${table}`);
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  return Array.from({ length: bytes.length / 32 }, (_, n) => hex.slice(n * 64, n * 64 + 64));
}

/** Fault `persistence/manifest-damaged`: the manifest `how`. */
export function manifestDamaged(how: string, cause?: unknown): Fault {
  return new Fault('persistence/manifest-damaged', `the manifest ${how}`, {
    hint: 'Use an older snapshot, or copy the manifest again from another store.',
    cause,
  });
}
