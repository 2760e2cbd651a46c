import type { Id } from '@beamline/core';
import { ANCHOR_TYPE } from './anchor.ts';
import type { ChainOptions } from './anchor-chain.ts';
import { readAnchor } from './anchor-chain.ts';
import type { Arweave, VerifiedItem } from './arweave.ts';

/** Items on their way at once. */
const READS = 16;

/**
 * Arweave with every item read once. A chain is walked link by link, two questions to a gateway each: what the index
 * knows of the newest anchor's process is read before, many at a time. Changes nothing about what is checked.
 */
export async function readAhead(
  { arweave, owners }: ChainOptions & { arweave: Pick<Arweave, 'item' | 'find'> }, id: Id, signal?: AbortSignal,
): Promise<Pick<Arweave, 'item' | 'find'>> {
  const reads = new Map<Id, Promise<VerifiedItem | undefined>>();
  const once: Pick<Arweave, 'item' | 'find'> = {
    item(each, stop) {
      const before = reads.get(each);
      if (before !== undefined) return before;
      const read = arweave.item(each, stop);
      reads.set(each, read);
      read.then((item) => item ?? reads.delete(each), () => reads.delete(each)); // worth another question
      return read;
    },
    find: (query, stop) => arweave.find(query, stop),
  };
  const { anchor } = await readAnchor({ arweave: once, owners }, id, undefined, signal);
  const ids: Id[] = [];
  const tags = [{ name: 'Type', values: [ANCHOR_TYPE] }, { name: 'Process', values: [anchor.process] }];
  for await (const found of arweave.find({ owners, tags }, signal)) ids.push(found.id);
  for (let n = 0; n < ids.length; n += READS) await Promise.allSettled(ids.slice(n, n + READS).map((each) => once.item(each, signal)));
  return once;
}
