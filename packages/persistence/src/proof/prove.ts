import { Fault } from '@beamline/core';
import type { Id } from '@beamline/core';
import { decodePageBytes, type Entity } from '@beamline/ecs';
import { pathInTable, pathInWorld } from '../image-root.ts';
import type { Manifest, TableEntry } from '../manifest.ts';
import { readManifest } from '../read-manifest.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import { formatRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import { encodeProof } from './proof-file.ts';

export interface ProveOptions {
  store: SnapshotStore;
  ref: SnapshotRef;
  /** The handle, as the game knows it. */
  entity: Entity;
  /** Name of the component. */
  component: string;
  /** Id of the anchor that holds the snapshot's root. */
  anchor?: Id;
}

export interface Proof {
  /** The whole proof: verify it with `verifyProof`, or with verify-proof.lua inside another process. */
  file: Uint8Array;
  root: string;
  /** How much of the file is the page; the rest is what leads from it to the root. */
  pageBytes: number;
}

/**
 * Proves what an entity's component held in a snapshot. Reads the pages of that component's table up to the one with
 * the entity, and of the others the names alone.
 * @throws Fault `persistence/no-such-component`, `persistence/no-such-entity`, and as `readManifest`.
 */
export async function prove({ store, ref, entity, component, anchor }: ProveOptions): Promise<Proof> {
  const manifest = await readManifest(store, ref);
  const table = manifest.tables.find(({ name }) => name === component);
  if (table === undefined || table.columns[0]?.name !== '$entity') throw noComponent(manifest, component);
  assertPlainNames(table);
  const { page, bytes } = await pageWith(store, manifest, table, entity);
  const digests = manifest.tables.map((entry) => ({ ...entry, pages: entry.pages.map(({ id }) => id) }));
  const digest = digests.find(({ name }) => name === component)!;
  const file = encodeProof({
    process: manifest.process, slot: manifest.slot, root: manifest.root, entity, page, pageBytes: bytes, ...(anchor !== undefined && { anchor }),
    ...pathInTable(digest, page), ...pathInWorld(digests, component),
  });
  return { file, root: manifest.root, pageBytes: bytes.length };
}

async function pageWith(store: SnapshotStore, { slot }: Manifest, table: TableEntry, entity: Entity): Promise<{ page: number; bytes: Uint8Array }> {
  for (const [page, { id }] of table.pages.entries()) {
    const bytes = await store.getPage(id);
    if (decodePageBytes(table.columns, bytes).columns[0]!.includes(entity)) return { page, bytes };
  }
  throw new Fault('persistence/no-such-entity', `entity ${entity} has no ${table.name} at slot ${slot}`, {
    hint: 'Entities are named by their handle, a whole number; a handle dies with its entity.',
    details: { entity, component: table.name, slot },
  });
}

/** The verifier inside other processes reads the header by patterns, without a JSON parser. */
function assertPlainNames({ name, columns }: TableEntry): void {
  if ([name, ...columns.map((column) => column.name)].every((each) => /^[^"\\\p{Cc}]*$/u.test(each))) return;
  throw new Fault('persistence/no-such-component', `names with quotes, backslashes or control characters cannot be proved: ${name}`);
}

function noComponent({ tables, process, slot, ...manifest }: Manifest, component: string): Fault {
  const known = tables.filter(({ columns }) => columns[0]?.name === '$entity').map(({ name }) => name);
  return new Fault('persistence/no-such-component', `the world of ${manifest.role} at slot ${slot} of ${process} has no component ${component}`, {
    hint: `It has ${known.join(', ')}.`,
    details: { component, slot, process },
  });
}

/** `<process>-<slot>-<component>-<entity>.proof` */
export function proofName(ref: SnapshotRef, component: string, entity: Entity): string {
  return `${formatRef(ref).split(':')[0]!.replace('@', '-')}-${component}-${entity}.proof`;
}
