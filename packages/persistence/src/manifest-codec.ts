import { Fault } from '@beamline/core';
import type { FieldKind } from '@beamline/ecs';
import protobuf from 'protobufjs/light.js';
import type { Manifest, PageEntry, TableEntry } from './manifest.ts';
import { formatRef, parseRef } from './snapshot-ref.ts';

/*
 * manifest.proto, version 1:
 *
 *   message Manifest { uint32 version = 1; string game = 2; string role = 3; string process = 4; uint64 slot = 5;
 *                      string layout = 6; repeated Table tables = 7; bytes root = 8; string digest = 9;
 *                      optional string parent = 10; }                        // parent: <process>@<slot>:<sha256>
 *   message Table    { string name = 1; repeated Column columns = 2; uint32 rows = 3; bytes page_ids = 4;
 *                      repeated uint32 digests = 5; repeated uint64 stamps = 6; }
 *   message Column   { string name = 1; string kind = 2; }
 *
 * Per page: 32 bytes of `page_ids`, two `digests` (h1, h2), one of `stamps`.
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
      },
    },
    Table: {
      fields: {
        name: field('string', 1), columns: field('Column', 2, 'repeated'), rows: field('uint32', 3),
        pageIds: field('bytes', 4), digests: field('uint32', 5, 'repeated'), stamps: field('uint64', 6, 'repeated'),
      },
    },
    Column: { fields: { name: field('string', 1), kind: field('string', 2) } },
  },
});
const ManifestType = types.lookupType('Manifest');
// Field 1 keeps its meaning in every version to come; the rest is decoded only once the version is known.
const VersionType = types.lookupType('Version');

interface Wire {
  version: number; game: string; role: string; process: string; slot: number; layout: string;
  tables: WireTable[]; root: Uint8Array; digest: string; parent: string;
}
interface WireTable {
  name: string; columns: { name: string; kind: string }[]; rows: number;
  pageIds: Uint8Array; digests: number[]; stamps: number[];
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  const wire: Wire = {
    ...manifest,
    root: Buffer.from(manifest.root, 'hex'),
    parent: manifest.parent === undefined ? '' : formatRef(manifest.parent),
    tables: manifest.tables.map(({ name, columns, rows, pages }) => ({
      name,
      columns: columns.map((column) => ({ name: column.name, kind: column.kind })),
      rows,
      pageIds: Buffer.from(pages.map(({ id }) => id).join(''), 'hex'),
      digests: pages.flatMap(({ digest }) => digest.split('-').map(Number)),
      stamps: pages.map(({ stamp }) => stamp),
    })),
  };
  return new Uint8Array(ManifestType.encode(ManifestType.fromObject(wire)).finish());
}

/** @throws Fault `persistence/manifest-version` for a format of the future, `persistence/manifest-damaged`. */
export function decodeManifest(body: Uint8Array): Manifest {
  const { version } = decodeAs<{ version: number }>(VersionType, body);
  if (version !== 1) {
    throw new Fault('persistence/manifest-version', `the manifest has version ${version}; this reader knows 1`, {
      hint: 'Upgrade Beamline to the version that wrote the snapshot.',
    });
  }
  const wire = decodeAs<Wire>(ManifestType, body);
  const { game, role, process, slot, layout, root, digest, parent } = wire;
  return {
    version: 1, game, role, process, slot, layout,
    tables: wire.tables.map(tableOf),
    root: Buffer.from(root).toString('hex'),
    digest,
    ...(parent === '' ? {} : { parent: parseRef(parent) }),
  };
}

function decodeAs<T>(type: protobuf.Type, body: Uint8Array): T {
  try {
    return type.toObject(type.decode(body), { longs: Number, defaults: true, arrays: true }) as T;
  } catch (cause) {
    throw damaged('is not a manifest', cause);
  }
}

function tableOf({ name, columns, rows, pageIds, digests, stamps }: WireTable): TableEntry {
  const ids = Buffer.from(pageIds).toString('hex');
  if (ids.length !== stamps.length * 64 || digests.length !== stamps.length * 2) {
    throw damaged(`names a different number of page ids, digests and stamps for table ${name}`);
  }
  const pages = stamps.map((stamp, n): PageEntry => ({
    id: ids.slice(n * 64, n * 64 + 64),
    digest: `${digests[n * 2]}-${digests[n * 2 + 1]}`,
    stamp,
  }));
  return { name, columns: columns.map((column) => ({ name: column.name, kind: column.kind as FieldKind })), rows, pages };
}

function damaged(how: string, cause?: unknown): Fault {
  return new Fault('persistence/manifest-damaged', `the manifest ${how}`, {
    hint: 'Use an older snapshot, or copy the manifest again from another store.',
    cause,
  });
}
