import { rootOf } from './image-root.ts';
import type { Manifest } from './manifest.ts';
import { decodeManifest } from './manifest-codec.ts';
import { hashMismatch } from './sha256.ts';
import type { SnapshotRef } from './snapshot-ref.ts';
import { formatRef } from './snapshot-ref.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/**
 * A snapshot's manifest, its own root recomputed from the page ids it names. Reads no pages.
 * @throws Fault `persistence/missing`, `persistence/hash-mismatch`, `persistence/manifest-version`,
 * `persistence/manifest-damaged`.
 */
export async function readManifest(store: SnapshotStore, ref: SnapshotRef): Promise<Manifest> {
  const manifest = decodeManifest(await store.getManifest(ref));
  const named = `${manifest.process}@${manifest.slot}`;
  if (named !== `${ref.process}@${ref.slot}`) {
    throw hashMismatch(`${store.kind}: manifest ${formatRef(ref)}`, `is that of ${named}`);
  }
  const root = rootOf(manifest.tables.map((table) => ({ ...table, pages: table.pages.map(({ id }) => id) })));
  if (root !== manifest.root) {
    throw hashMismatch(`${store.kind}: manifest ${formatRef(ref)}`, `claims root ${manifest.root}, its pages have ${root}`);
  }
  return manifest;
}
