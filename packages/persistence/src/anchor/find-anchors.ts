import type { Id, ProcessId } from '@beamline/core';
import { isFault } from '@beamline/core';
import { ANCHOR_TYPE, type VerifiedAnchor } from './anchor.ts';
import { readAnchor, type ChainOptions } from './anchor-chain.ts';
import type { Arweave } from './arweave.ts';

export interface FindOptions extends ChainOptions {
  arweave: Pick<Arweave, 'item' | 'find'>;
}

/**
 * Anchors with these tags that the index knows and that verify; newest slot first. What does not verify is not one.
 * @throws Fault of Arweave's, `persistence/anchor-missing` when the index names one that cannot be had
 */
export async function findAnchors(
  { arweave, owners }: FindOptions, tags: { Process?: readonly ProcessId[]; Previous?: readonly Id[] }, signal?: AbortSignal,
): Promise<VerifiedAnchor[]> {
  const wanted = Object.entries({ Type: [ANCHOR_TYPE], ...tags }).map(([name, values]) => ({ name, values }));
  const found: VerifiedAnchor[] = [];
  for await (const { id } of arweave.find({ owners, tags: wanted }, signal)) {
    try {
      found.push(await readAnchor({ arweave, owners }, id, undefined, signal));
    } catch (error) {
      // Somebody else's item, or one of a later version; a gateway that does not answer is another matter.
      if (!isFault(error) || error.code.startsWith('ao/') || error.code === 'persistence/anchor-missing') throw error;
    }
  }
  return found.sort((a, b) => b.anchor.slot - a.anchor.slot);
}

/** Two anchors that follow the same one, or two beginnings: one of two histories. */
export interface AnchorFork {
  /** The one both follow; absent for a second beginning. */
  previous?: Id;
  /** Beside the chain. */
  id: Id;
  process: ProcessId;
  slot: number;
  root: string;
}

export interface Surroundings {
  forks: readonly AnchorFork[];
  /** That follow the chain's end, as far as they name its processes, oldest first. */
  later: readonly VerifiedAnchor[];
}

/** Ids in one question to the index. */
const ASKED = 50;

/**
 * What else the owners anchored beside a chain. An anchor made twice with the same content is no fork, and counts as one.
 * An index that hides anchors hides forks, too: ask several.
 */
export async function lookAround(options: FindOptions, chain: readonly VerifiedAnchor[], signal?: AbortSignal): Promise<Surroundings> {
  return arrange(chain, await neighbours(options, chain, signal));
}

async function neighbours(options: FindOptions, chain: readonly VerifiedAnchor[], signal?: AbortSignal): Promise<VerifiedAnchor[]> {
  const found = new Map<Id, VerifiedAnchor>();
  const note = (anchors: readonly VerifiedAnchor[]) => anchors.forEach((each) => found.set(each.id, each));
  note(await findAnchors(options, { Process: [...new Set(chain.map(({ anchor }) => anchor.process))] }, signal));
  for (let n = 0; n < chain.length; n += ASKED) {
    note(await findAnchors(options, { Previous: chain.slice(n, n + ASKED).map(({ id }) => id) }, signal));
  }
  for (const { id } of chain) found.delete(id);
  return [...found.values()].sort((a, b) => a.anchor.slot - b.anchor.slot);
}

/** Puts each where it belongs: once the one it follows has its place. */
function arrange(chain: readonly VerifiedAnchor[], others: readonly VerifiedAnchor[]): Surroundings {
  const START = '';
  const sameAs = new Map(chain.map(({ id }) => [id, id]));
  const next = new Map(chain.map((each) => [each.anchor.previous?.id ?? START, each]));
  const onward = new Set([chain.at(-1)!.id]);
  const forks: AnchorFork[] = [];
  const later: VerifiedAnchor[] = [];

  const place = (other: VerifiedAnchor, after: Id): void => {
    const rival = next.get(after);
    if (rival !== undefined && isSame(rival, other)) return void sameAs.set(other.id, rival.id);
    sameAs.set(other.id, other.id);
    if (rival !== undefined) return void forks.push(forkOf(other));
    next.set(after, other);
    if (!onward.has(after)) return;
    onward.add(other.id);
    later.push(other);
  };

  let waiting = others;
  for (let before = Infinity; waiting.length < before;) {
    before = waiting.length;
    waiting = waiting.filter((other) => {
      const { previous } = other.anchor;
      const after = previous === undefined ? START : sameAs.get(previous.id);
      if (after === undefined) return true;
      place(other, after);
      return false;
    });
  }
  return { forks: [...forks, ...waiting.map(forkOf)], later };
}

function forkOf({ id, anchor: { previous, process, slot, root } }: VerifiedAnchor): AnchorFork {
  return { ...(previous && { previous: previous.id }), id, process, slot, root };
}

function isSame({ anchor: a }: VerifiedAnchor, { anchor: b }: VerifiedAnchor): boolean {
  return a.process === b.process && a.slot === b.slot && a.root === b.root && a.layout === b.layout;
}
