import { createHash } from 'node:crypto';
import type { Id, Signer } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import {
  anchorSnapshot, anchorTags, createMemoryLedger, createMemoryStore, encodeAnchor, writeImage,
  type Anchor, type AnchorLedger, type AnchorSnapshotOptions, type SnapshotRef,
} from '../../src/index.ts';
import { createMemoryArweave } from '../../src/testing/memory-arweave.ts';
import { imageOfWorld, sampleWorld } from '../sample-world.ts';

export const signerNamed = (name: string): Signer => ({
  address: createHash('sha256').update(name).digest('base64url'), type: 3, publicKey: new Uint8Array(65), sign: async () => new Uint8Array(65),
});
export const PROCESS = 'p'.repeat(43);
export const NEXT_PROCESS = 'q'.repeat(43);

/** A store of snapshots of one growing world, and an Arweave in memory to anchor them on. */
export function createAnchorWorld() {
  const arweave = createMemoryArweave();
  const signer = signerNamed('studio');
  const stranger = signerNamed('stranger');
  const store = createMemoryStore();
  const clock = createManualClock(1_700_000_000_000);
  const ledger: AnchorLedger = createMemoryLedger();

  async function snapshot(slot: number, { process = PROCESS, layout = 'layout-1', entities = slot } = {}): Promise<SnapshotRef> {
    const image = imageOfWorld(sampleWorld(undefined, entities), slot, layout);
    return (await writeImage({ store, image, game: 'arena', role: 'world', process })).ref;
  }
  const anchor = (ref: SnapshotRef, options: Partial<AnchorSnapshotOptions> = {}) =>
    anchorSnapshot({ arweave, signer, ledger, store, clock, chain: 'live/world-0', ref, ...options });

  /** Uploads whatever it is told, as somebody would who has the key and no scruples. */
  async function plant(content: Anchor, { by = signer, tags = anchorTags(content), data = encodeAnchor(content) } = {}): Promise<Id> {
    const item = await arweave.sign(by, { tags, data });
    await arweave.upload(item);
    return item.id;
  }

  /** A chain over these slots. */
  async function chain(...slots: number[]): Promise<{ ids: Id[]; anchors: Anchor[]; refs: SnapshotRef[] }> {
    const refs = [];
    const done = [];
    for (const slot of slots) {
      refs.push(await snapshot(slot));
      done.push(await anchor(refs.at(-1)!));
    }
    arweave.mine(1);
    return { ids: done.map(({ id }) => id), anchors: done.map((each) => each.anchor), refs };
  }

  return { arweave, signer, stranger, store, clock, ledger, snapshot, anchor, plant, chain, owners: [signer.address] };
}
