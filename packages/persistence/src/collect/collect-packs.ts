import type { Fault } from '@beamline/core';
import { atOnce } from '../at-once.ts';
import type { Bucket } from '../bucket/bucket.ts';
import { DOOMED, PACKS, type PackShelf, type ShelvedPack } from '../bucket/pack-shelf.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import type { PageId } from '../snapshot-store.ts';
import type { PackedPage, SegmentedPage } from '../stores/segmented-page.ts';
import { DEFAULT_GRACE_MS, type CollectOptions, type Collected } from './collect.ts';
import { observe, readLedger, writeLedger } from './ledger.ts';
import { livePages } from './live-pages.ts';

export interface CollectPacksOptions extends CollectOptions {
  bucket: Bucket;
  shelf: PackShelf;
  list(): AsyncIterable<SnapshotRef>;
  /** What is wrong with a copy, if anything. */
  check(id: PageId, copy: SegmentedPage | Error): Fault | undefined;
}

const WRITERS = 'writers/';
/** This many packs below `SMALL_BYTES` are worth being one. */
const MANY_SMALL = 16;
const SMALL_BYTES = 1024 * 1024;

/*
 * How nothing goes that a snapshot needs, whoever is killed and whoever writes meanwhile. Every step is one operation of
 * the bucket, durable before the next:
 *
 *   1  look       packs, manifests → which packs hold little or nothing of what lives; note since when (ledger)
 *   2  mark       put doomed/<pack> for those seen so for the grace. A marked pack holds nothing for a writer (its `holds`
 *                 is false), is never unmarked, and its name is never used again
 *   3  read marks = the packs this run may remove
 *   4  writers    anyone announced in writers/? Then end here; the next run goes on from 3
 *   5  look again manifests, then marks, then packs. Whoever puts a manifest now, unseen by 4, has announced after 4, so
 *                 after 2, so has seen the marks and relies on no marked pack; whoever announced before 4 is done, and seen
 *   6  move       what lives in marked packs, unless a copy in an unmarked one was read and is good, into new packs; durable
 *   7  remove     marked packs, then their marks; those with a living page that no copy could give stay
 *
 * Two collectors: each may only remove what was marked before its own 4. Of two that each take the other's pack for the
 * good copy, the one whose mark came second sees both marks in 5 and moves the page.
 * Killed anywhere: packs and marks lie around; the next run reads them in 3.
 */
export async function collectPacks(
  { bucket, shelf, list, contentsOf, check, now, graceMs = DEFAULT_GRACE_MS, writerTimeoutMs = DEFAULT_GRACE_MS, liveShare = 0.5 }: CollectPacksOptions,
  signal?: AbortSignal,
): Promise<Collected> {
  const look = livePages(list, contentsOf);
  let live = await look();
  await shelf.refresh();
  signal?.throwIfAborted();

  const ledger = await readLedger(bucket);
  const worthless = worthlessPacks(shelf, live, liveShare);
  const leftovers = await leftoversOf(bucket);
  const announced = await names(bucket, WRITERS);
  const { ledger: next, agesMs } = observe(ledger, [...worthless.map(({ name }) => PACKS + name), ...leftovers, ...announced], now);
  if (JSON.stringify(next) !== JSON.stringify(ledger)) await writeLedger(bucket, next);
  const aged = (name: string, ms: number) => (agesMs.get(name) ?? 0) >= ms;

  const ripe = worthless.filter(({ name }) => aged(PACKS + name, graceMs));
  await atOnce(ripe, 16, ({ name }) => bucket.put(DOOMED + name, MARK, { fleeting: true }));
  const marked = new Set((await names(bucket, DOOMED)).map((name) => name.slice(DOOMED.length)));
  const waiting = worthless.length - ripe.length;

  // A draft that is still being written would have to be slower than the timeout; its rename then fails, nothing else.
  await bucket.remove(leftovers.filter((name) => aged(name, Math.max(graceMs, writerTimeoutMs))));
  await bucket.remove(announced.filter((name) => aged(name, writerTimeoutMs)));
  const writers = (await names(bucket, WRITERS)).length;
  const nothing: Collected = { live: live.size, removed: 0, freedBytes: 0, moved: 0, waiting: waiting + marked.size, writers, damaged: [] };
  if (marked.size === 0 || writers > 0) return nothing;

  live = await look();
  await shelf.refresh();
  signal?.throwIfAborted();
  const going = shelf.packs().filter(({ name }) => marked.has(name));
  const { moving, damaged, kept } = await whatMoves(shelf, going, live, check);
  await shelf.write(moving);
  const gone = going.filter(({ name }) => !kept.has(name));
  await bucket.remove(gone.map(({ name }) => PACKS + name));
  shelf.forget(gone.map(({ name }) => name));
  // Marks of packs that another collector removed, too.
  await bucket.remove([...marked].filter((name) => !kept.has(name)).map((name) => DOOMED + name));
  return {
    live: live.size, removed: gone.length, freedBytes: gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    moved: moving.length, waiting: waiting + kept.size, writers, damaged,
  };
}

const MARK = new TextEncoder().encode('{"version":1}');

async function names(bucket: Bucket, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of bucket.list(prefix)) found.push(name);
  return found;
}

/** Drafts of writers that were killed. */
async function leftoversOf(bucket: Bucket): Promise<string[]> {
  return [...await names(bucket, PACKS), ...await names(bucket, 'manifests/')].filter((name) => name.endsWith('.tmp'));
}

/** Packs that hold too little of what lives, and small ones when they are many. Of pages held twice the first pack counts. */
function worthlessPacks(shelf: PackShelf, live: ReadonlySet<PageId>, liveShare: number): ShelvedPack[] {
  const packs = shelf.packs().filter(({ doomed }) => !doomed).sort((a, b) => b.sizeBytes - a.sizeBytes || (a.name < b.name ? -1 : 1));
  const elsewhere = new Set<PageId>();
  // What an unreadable pack held may be what a snapshot lacks: it stays until nothing is lacking.
  const lacking = [...live].some((id) => !shelf.holds(id));
  const worthless = packs.filter(({ index, sizeBytes }) => {
    if (index === undefined) return !lacking;
    let needed = 0;
    for (const { ids, offset, length } of index) {
      if (offset + length > sizeBytes) continue;
      const alive = ids.filter((id) => live.has(id) && !elsewhere.has(id));
      for (const id of alive) elsewhere.add(id);
      needed += (length * alive.length) / ids.length;
    }
    return needed === 0 || needed < liveShare * index.reduce((sum, { length }) => sum + length, 0);
  });
  const small = packs.filter((pack) => pack.sizeBytes < SMALL_BYTES && pack.index !== undefined && !worthless.includes(pack));
  return small.length < MANY_SMALL ? worthless : [...worthless, ...small];
}

interface Moves {
  moving: readonly PackedPage[];
  damaged: readonly PageId[];
  /** Packs that must stay. */
  kept: ReadonlySet<string>;
}

/** What must be written anew before `going` may go. */
async function whatMoves(shelf: PackShelf, going: readonly ShelvedPack[], live: ReadonlySet<PageId>, check: CollectPacksOptions['check']): Promise<Moves> {
  const stays = new Set(shelf.packs().filter(({ doomed }) => !doomed).map(({ name }) => name));
  const moving: PackedPage[] = [];
  const damaged: PageId[] = [];
  const kept = new Set<string>();
  const seen = new Set<PageId>();
  for (const { name, index } of going) {
    if (index === undefined && [...live].some((id) => !shelf.holds(id))) kept.add(name);
    for (const id of index?.flatMap(({ ids }) => ids) ?? []) {
      if (!live.has(id)) continue;
      if (!seen.has(id)) {
        seen.add(id);
        const copy = await goodCopy(shelf, id, check);
        if (copy === undefined) damaged.push(id);
        else if (!stays.has(copy.pack)) moving.push({ id, ...copy.page });
      }
      if (damaged.includes(id)) kept.add(name);
    }
  }
  return { moving, damaged, kept };
}

/** Copies in packs that stay come first, so a page moves only when it must. */
async function goodCopy(shelf: PackShelf, id: PageId, check: CollectPacksOptions['check']): Promise<{ pack: string; page: SegmentedPage } | undefined> {
  for await (const { pack, page } of shelf.copies(id)) {
    if (check(id, page) === undefined) return { pack, page: page as SegmentedPage };
    shelf.distrust(id, pack);
  }
  return undefined;
}
