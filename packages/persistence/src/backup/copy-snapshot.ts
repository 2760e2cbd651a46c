import { Fault, isFault } from '@beamline/core';
import type { FieldKind } from '@beamline/ecs';
import { readManifest, readStoredManifest } from '../read-manifest.ts';
import { formatRef, type SnapshotRef } from '../snapshot-ref.ts';
import type { Page, PageId, SnapshotStore } from '../snapshot-store.ts';
import { absentFrom, replicated, type NamedStore } from './replicated.ts';

export interface CopySnapshotOptions {
  ref: SnapshotRef;
  /** Where it should be whole in the end. */
  to: NamedStore;
  /** Where good copies may be, in order. */
  from: readonly NamedStore[];
  /** Reads every page that `to` seems to have, and replaces damaged ones. @default false: only what its index lacks */
  thorough?: boolean;
}

export interface SnapshotCopied {
  ref: SnapshotRef;
  /** Pages and blocks put, and the bytes they and the manifest took. */
  pages: number;
  bytes: number;
  /** The manifest was not there, or damaged. */
  manifest: boolean;
}

/** Puts of about this size: a pack. */
const BATCH_BYTES = 16 * 1024 * 1024;
/** Reads on their way at once. */
const READS = 16;

/**
 * Makes one snapshot whole in a store, from whatever good copies there are in it and in others: backup, catching up, and
 * repair are this one operation. Every page is verified by its hash, the manifest by its name, pages go first. Idempotent.
 * @throws Fault `persistence/unrepairable`, naming the page, when a part is whole nowhere; those of the stores
 */
export async function copySnapshot({ ref, to, from, thorough = false }: CopySnapshotOptions, signal?: AbortSignal): Promise<SnapshotCopied> {
  const everywhere = replicated({ stores: [to, ...from], write: 1 });
  const [body, stored, manifest] = await unrepairable(ref, async () =>
    [await everywhere.getManifest(ref), await readStoredManifest(everywhere, ref), await readManifest(everywhere, ref)] as const);

  const kinds = new Map<PageId, readonly FieldKind[]>();
  if (stored.version === 2) for (const { blocks } of stored.tables) for (const id of blocks) kinds.set(id, []);
  for (const { columns, pages } of manifest.tables) for (const { id } of pages) kinds.set(id, columns.map(({ kind }) => kind));

  const lacking = thorough ? await damagedIn(to.store, [...kinds.keys()]) : await absentFrom(to.store, kinds.keys());
  const copied: SnapshotCopied = { ref, pages: 0, bytes: 0, manifest: false };
  const put = async (pages: readonly Page[]) => {
    const written = await to.store.putPages(pages);
    copied.pages += written.pages;
    copied.bytes += written.bytes;
  };
  let batch: Page[] = [];
  let size = 0;
  for (let n = 0; n < lacking.length; n += READS) {
    signal?.throwIfAborted();
    const ids = lacking.slice(n, n + READS);
    const read = await unrepairable(ref, () => Promise.all(ids.map(async (id): Promise<Page> => ({ id, bytes: await everywhere.getPage(id), kinds: kinds.get(id) ?? [] }))));
    batch.push(...read);
    size += read.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (size < BATCH_BYTES) continue;
    await put(batch);
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) await put(batch);
  if (lacking.length === 0 && (await holdsManifest(to.store, ref))) return copied;
  copied.bytes += await to.store.putManifest(ref, body, kinds.keys());
  return { ...copied, manifest: true };
}

async function damagedIn(store: SnapshotStore, ids: readonly PageId[]): Promise<PageId[]> {
  const damaged: PageId[] = [];
  for (let n = 0; n < ids.length; n += READS) {
    await Promise.all(ids.slice(n, n + READS).map(async (id) => {
      const good = await store.getPage(id).then(() => true, isDamage);
      if (!good) damaged.push(id);
    }));
  }
  return damaged;
}

const holdsManifest = (store: SnapshotStore, ref: SnapshotRef): Promise<boolean> => store.getManifest(ref).then(() => true, isDamage);

/** What is wrong with a copy is a reason to replace it; what is wrong with a store is not. */
function isDamage(error: unknown): false {
  if (isFault(error) && !error.retryable && error.code !== 'persistence/denied' && error.code !== 'persistence/unknown-key') return false;
  throw error;
}

async function unrepairable<T>(ref: SnapshotRef, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isFault(cause) || cause.retryable || cause.code === 'persistence/manifest-version') throw cause;
    throw new Fault('persistence/unrepairable', `snapshot ${formatRef(ref)} is whole in none of the stores: ${cause.message}`, {
      hint: 'Use an older or newer snapshot; keep the damaged stores until you have restored.',
      details: cause.details,
      cause,
    });
  }
}
