import type { Id } from '@beamline/core';
import { isFault } from '@beamline/core';
import { imageRoot } from '../image-root.ts';
import { readImage } from '../read-image.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import { formatRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import type { Anchor, VerifiedAnchor } from './anchor.ts';
import { readAnchorChain } from './anchor-chain.ts';
import type { Arweave, Standing } from './arweave.ts';
import { lookAround, type FindOptions, type Surroundings } from './find-anchors.ts';
import { readAhead } from './read-ahead.ts';

export interface VerifyAnchorOptions extends FindOptions {
  arweave: Pick<Arweave, 'item' | 'find' | 'status'>;
  id: Id;
  /** Where the anchored snapshot may be found, in this order. */
  stores?: readonly SnapshotStore[];
  /** A snapshot to compare. @default the one the anchor names, if a store has it */
  snapshot?: SnapshotRef;
  /** Computes the root from the schedule up to the anchor's slot. */
  replay?(anchor: Anchor, signal?: AbortSignal): Promise<string>;
}

/** Something that claims to be the anchored world, and whether it is. */
export interface Comparison {
  /** `snapshot <ref> in <store>`, `replay`. */
  with: string;
  root: string;
  matches: boolean;
}

export interface AnchorVerdict extends Surroundings {
  /** The chain is whole, single, on the chain for good or at least in a block, and everything compared is the anchored world. */
  verified: boolean;
  /** Why not, in sentences. */
  reasons: readonly string[];
  /** From the first to the one asked about. */
  chain: readonly VerifiedAnchor[];
  status: Standing;
  /** Where the layout changed on the way. */
  layoutChanges: readonly { anchor: Id; from: string; to: string }[];
  compared: readonly Comparison[];
}

/**
 * Rebuilds trust in an anchor from Arweave alone: the chain back to its beginning, what stands beside it, and whether the
 * world at hand is the anchored one. Every page of a compared snapshot is read and hashed.
 * @throws Fault as `readAnchorChain` where the chain is broken; Arweave's; a damaged snapshot's.
 */
export async function verifyAnchor(options: VerifyAnchorOptions, signal?: AbortSignal): Promise<AnchorVerdict> {
  const { arweave, id, owners } = options;
  const ahead = { owners, arweave: await readAhead(options, id, signal) };
  const chain = await readAnchorChain(ahead, id, signal);
  const { anchor } = chain.at(-1)!;
  const around = await lookAround(ahead, chain, signal);
  const status = await arweave.status(id, signal);
  const compared = [...await snapshotsOf(options, anchor), ...await replayed(options, anchor, signal)];
  const reasons = [
    ...around.forks.map(({ id: fork, previous, slot }) =>
      `anchor ${fork} of slot ${slot} tells another history ${previous === undefined ? 'from the beginning' : `after ${previous}`}`),
    ...(status.state === 'pending' || status.state === 'unknown' ? [`the anchor is in no block yet (${status.state})`] : []),
    ...compared.filter(({ matches }) => !matches).map((each) => `${each.with} has root ${each.root}, anchored is ${anchor.root}`),
  ];
  return { verified: reasons.length === 0, reasons, chain, status, layoutChanges: layoutChangesOf(chain), compared, ...around };
}

async function snapshotsOf({ stores = [], snapshot }: VerifyAnchorOptions, anchor: Anchor): Promise<Comparison[]> {
  const { process, slot, snapshot: sha256 } = anchor;
  const ref = snapshot ?? { process, slot, sha256 };
  for (const store of stores) {
    try {
      const root = imageRoot(await readImage(store, ref));
      return [{ with: `snapshot ${formatRef(ref)} in ${store.kind}`, root, matches: root === anchor.root && ref.process === process && ref.slot === slot }];
    } catch (error) {
      const isLast = store === stores.at(-1);
      if (!isFault(error, 'persistence/missing') || (snapshot !== undefined && isLast)) throw error;
    }
  }
  return [];
}

async function replayed({ replay }: VerifyAnchorOptions, anchor: Anchor, signal?: AbortSignal): Promise<Comparison[]> {
  if (replay === undefined) return [];
  const root = await replay(anchor, signal);
  return [{ with: 'replay', root, matches: root === anchor.root }];
}

function layoutChangesOf(chain: readonly VerifiedAnchor[]): { anchor: Id; from: string; to: string }[] {
  return chain.flatMap(({ id, anchor: { layout, previous } }) =>
    (previous === undefined || previous.layout === layout ? [] : [{ anchor: id, from: previous.layout, to: layout }]));
}
