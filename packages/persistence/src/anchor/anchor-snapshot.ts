import { Fault } from '@beamline/core';
import type { Address, Clock, Id, Signer } from '@beamline/core';
import { readManifest } from '../read-manifest.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import { anchorTags, encodeAnchor, type Anchor, type PreviousAnchor, type VerifiedAnchor } from './anchor.ts';
import { readAnchor } from './anchor-chain.ts';
import { keptItem, settle, type AnchorLedger, type KeptItem, type LedgerEntry } from './anchor-ledger.ts';
import type { Arweave } from './arweave.ts';
import { findAnchors } from './find-anchors.ts';

export interface AnchorSnapshotOptions {
  arweave: Pick<Arweave, 'sign' | 'upload' | 'status' | 'item' | 'find'>;
  signer: Signer;
  ledger: AnchorLedger;
  store: SnapshotStore;
  clock: Clock;
  /** Name of the chain in the ledger. */
  chain: string;
  ref: SnapshotRef;
  module?: Id;
  release?: string;
  /** Id of the anchor to follow. @default the ledger's, or what the index knows to follow it; without a ledger, the newest of this process */
  previous?: Id;
  /** Who may have signed the one before. @default the signer */
  owners?: readonly Address[];
}

export interface Anchored {
  id: Id;
  anchor: Anchor;
  /** False when this snapshot was anchored last already, here or elsewhere; an interrupted upload is finished then. */
  fresh: boolean;
}

/**
 * Signs a snapshot's root, slot and layout, after the anchor before it, and hands it to a bundler. The signed item is in
 * the ledger before it is sent: after a crash the same item goes out again, before anything new, and so does any earlier
 * one that was dropped. Anchoring the newest snapshot again changes nothing. Until it is final: `followAnchor`.
 * @throws Fault `persistence/anchor-order` when the snapshot is not newer, `persistence/anchor-missing`, `…/anchor-signer`,
 * those of `readManifest`, the ledger and Arweave.
 */
export async function anchorSnapshot(options: AnchorSnapshotOptions, signal?: AbortSignal): Promise<Anchored> {
  const { arweave, signer, ledger, store, clock, chain, ref, module, release } = options;
  const manifest = await readManifest(store, ref); // before anything is sent
  const last = await ledger.read(chain);
  const unsettled = await settle(arweave, last === undefined ? [] : [...last.unsettled, ...(last.final ? [] : [last.item])], undefined, signal);
  if (last !== undefined && isOf(last.anchor, ref)) return { id: last.item.id, anchor: last.anchor, fresh: false };

  const newest = await newestOf(options, last, signal);
  if (newest !== undefined && isOf(newest.anchor, ref)) return { ...newest, fresh: false };
  const previous = newest && linkTo(newest);
  if (previous !== undefined && previous.process === ref.process && previous.slot >= ref.slot) {
    throw new Fault('persistence/anchor-order', `slot ${ref.slot} of ${ref.process} is not after slot ${previous.slot}, which anchor ${previous.id} holds`, {
      hint: 'Take a new snapshot, and anchor that.', details: { anchor: previous.id, slot: ref.slot },
    });
  }
  const { game, role, process, slot, layout, root } = manifest;
  const anchor: Anchor = {
    version: 1, game, role, process, slot, layout, root, snapshot: ref.sha256, timestamp: clock.now(),
    ...(module !== undefined && { module }), ...(release !== undefined && { release }), ...(previous && { previous }),
  };
  const item = await arweave.sign(signer, { tags: anchorTags(anchor), data: encodeAnchor(anchor) });
  await ledger.write(chain, entryFor(keptItem(item), anchor, unsettled));
  await arweave.upload(item, signal);
  return { id: item.id, anchor, fresh: true };
}

function entryFor(item: KeptItem, anchor: Anchor, unsettled: readonly KeptItem[]): LedgerEntry {
  return { version: 1, item, anchor, final: false, unsettled };
}

const isOf = (anchor: Anchor, { process, slot, sha256 }: SnapshotRef): boolean =>
  anchor.process === process && anchor.slot === slot && anchor.snapshot === sha256;

interface Known {
  id: Id;
  anchor: Anchor;
}

/** The anchor to follow. */
async function newestOf(
  { arweave, signer, owners = [signer.address], ref, previous }: AnchorSnapshotOptions, last: LedgerEntry | undefined, signal?: AbortSignal,
): Promise<Known | undefined> {
  if (previous !== undefined && previous !== last?.item.id) return known(await readAnchor({ arweave, owners }, previous, undefined, signal));
  if (last === undefined) {
    // A machine without the ledger must not begin a second history.
    const [newest] = await findAnchors({ arweave, owners }, { Process: [ref.process] }, signal);
    return newest && known(newest);
  }
  // Nor one whose ledger came back from a backup: others, or this one, may have gone on since.
  let end: Known = { id: last.item.id, anchor: last.anchor };
  for (const seen = new Set<Id>(); !seen.has(end.id);) {
    seen.add(end.id);
    const [next] = await findAnchors({ arweave, owners }, { Previous: [end.id] }, signal);
    if (next !== undefined) end = known(next);
  }
  return end;
}

const known = ({ id, anchor }: VerifiedAnchor): Known => ({ id, anchor });

function linkTo({ id, anchor: { process, slot, layout, root } }: Known): PreviousAnchor {
  return { id, process, slot, layout, root };
}
