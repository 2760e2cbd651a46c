import { isFault, type Fault, type FaultCode } from '@beamline/core';
import { PAGE_ROWS } from '@beamline/ecs';
import type { Manifest } from '../manifest.ts';
import { manifestDamaged } from '../manifest-codec.ts';
import { readManifest } from '../read-manifest.ts';
import { compareRefs, formatRef, type SnapshotRef } from '../snapshot-ref.ts';
import type { PageId, SnapshotStore } from '../snapshot-store.ts';
import { copySnapshot, type SnapshotCopied } from './copy-snapshot.ts';
import { misfitOf } from './misfit-of.ts';
import { absentFrom, type NamedStore } from './replicated.ts';

export interface VerifyOptions {
  stores: readonly NamedStore[];
  /** Reads and hashes every page, once per store. @default false: manifests, index blocks, indexes and sizes */
  full?: boolean;
  /** Mends what another store, or another pack of the same, has whole. @default false */
  repair?: boolean;
  /** Which snapshots. @default all that any of the stores lists */
  refs?: readonly SnapshotRef[];
  /** Whether every store should have every snapshot, so that one it lacks is damage. @default false */
  everywhere?: boolean;
  onSnapshot?: (store: string, ref: SnapshotRef, damage: readonly Damage[]) => void;
}

export interface Damage {
  store: string;
  /** The snapshot, formatted. */
  ref: string;
  /** What is wrong: the code of the Fault that a reader would get. */
  code: FaultCode;
  what: 'manifest' | 'block' | 'page';
  /** One sentence that names the place. */
  message: string;
  id?: PageId;
  table?: string;
  number?: number;
  /** Stores with a good copy. */
  mendableFrom: readonly string[];
  mended: boolean;
}

export interface VerifyReport {
  /** Snapshots looked at, counted per store; pages read and hashed. */
  snapshots: number;
  pages: number;
  damage: readonly Damage[];
  /** A store that could not be looked at. */
  unreachable: readonly { store: string; message: string }[];
  /** What the repair put. */
  copied: readonly (SnapshotCopied & { store: string })[];
}

/** Pages that were read, with the columns and rows they were read as, and what was wrong. */
type Seen = Map<string, Fault | undefined>;

/** Looks at every snapshot of every store and reports by name what is damaged and who can mend it. Changes nothing unless told to repair. */
export async function verifyStores({ stores, full = false, repair = false, refs, everywhere = false, onSnapshot }: VerifyOptions, signal?: AbortSignal): Promise<VerifyReport> {
  const report = { snapshots: 0, pages: 0, damage: [] as Damage[], unreachable: [] as { store: string; message: string }[], copied: [] as (SnapshotCopied & { store: string })[] };
  const listed = new Map<string, SnapshotRef[]>();
  for (const { name, store } of stores) {
    try {
      listed.set(name, await refsOf(store));
    } catch (error) {
      report.unreachable.push({ store: name, message: faultOf(error).message });
    }
  }
  const all = new Map([...listed.values()].flat().map((ref) => [formatRef(ref), ref]));
  const reachable = stores.filter(({ name }) => listed.has(name));
  for (const one of reachable) {
    const own = new Set(listed.get(one.name)!.map(formatRef));
    const wanted = (refs ?? [...all.values()].sort(compareRefs)).filter((ref) => everywhere || own.has(formatRef(ref)));
    const seen: Seen = new Map();
    for (const ref of wanted) {
      signal?.throwIfAborted();
      report.snapshots += 1;
      const others = reachable.filter(({ name }) => name !== one.name);
      let damage: Damage[];
      try {
        damage = await damageOf(one, others, ref, full, seen);
      } catch (error) {
        report.unreachable.push({ store: one.name, message: faultOf(error).message });
        break;
      }
      if (damage.length > 0 && repair) {
        const copied = await copySnapshot({ ref, to: one, from: others, thorough: true }, signal).catch((error: unknown) => void faultOf(error));
        if (copied !== undefined) {
          report.copied.push({ ...copied, store: one.name });
          damage = damage.map((each) => ({ ...each, mended: true }));
          for (const [key, fault] of seen) if (fault !== undefined) seen.delete(key);
        }
      }
      report.damage.push(...damage);
      onSnapshot?.(one.name, ref, damage);
    }
    report.pages += [...seen.values()].filter((fault) => fault === undefined).length;
  }
  return report;
}

async function damageOf({ name, store }: NamedStore, others: readonly NamedStore[], ref: SnapshotRef, full: boolean, seen: Seen): Promise<Damage[]> {
  const damaged = async (fault: Fault, what: Damage['what'], at: { id?: PageId; table?: string; number?: number }): Promise<Damage> => ({
    store: name, ref: formatRef(ref), code: fault.code, what, message: fault.message, ...at, mendableFrom: await holders(others, ref, at.id), mended: false,
  });
  let manifest: Manifest;
  try {
    manifest = await readManifest(store, ref);
  } catch (error) {
    const fault = damageFault(error);
    const { block, table, number } = fault.details as { block?: PageId; table?: string; number?: number };
    return [await damaged(fault, block === undefined ? 'manifest' : 'block', {
      ...(block !== undefined && { id: block }), ...(table !== undefined && { table }), ...(number !== undefined && { number }),
    })];
  }
  const damage: Damage[] = [];
  const absent = new Set(await absentFrom(store, manifest.tables.flatMap(({ pages }) => pages.map(({ id }) => id))));
  for (const table of manifest.tables) {
    const shape = table.columns.map(({ kind }) => kind).join();
    for (const [number, { id }] of table.pages.entries()) {
      if (!absent.has(id) && !full) continue;
      const key = `${id} ${shape} ${number === table.pages.length - 1 ? table.rows % PAGE_ROWS : 0}`;
      if (!seen.has(key)) seen.set(key, await faultOfPage(store, table, number, id));
      const fault = seen.get(key);
      if (fault !== undefined) damage.push(await damaged(fault, 'page', { id, table: table.name, number }));
    }
  }
  return damage;
}

/** Hashes one page (the store does) and holds it against its columns. */
async function faultOfPage(store: SnapshotStore, { name, columns, rows }: Manifest['tables'][number], number: number, id: PageId): Promise<Fault | undefined> {
  try {
    const misfit = misfitOf(await store.getPage(id), columns, Math.min(PAGE_ROWS, rows - number * PAGE_ROWS));
    return misfit === undefined ? undefined : manifestDamaged(`names page ${id} as page ${number} of table ${name}, but it ${misfit}`);
  } catch (error) {
    return damageFault(error);
  }
}

/** The stores that have this page whole, or, without a page, this manifest with its blocks. */
async function holders(stores: readonly NamedStore[], ref: SnapshotRef, id: PageId | undefined): Promise<string[]> {
  const found: string[] = [];
  for (const { name, store } of stores) {
    const good = await (id === undefined ? readManifest(store, ref) : store.getPage(id)).then(() => true, (error: unknown) => (faultOf(error), false));
    if (good) found.push(name);
  }
  return found;
}

async function refsOf(store: SnapshotStore): Promise<SnapshotRef[]> {
  const refs: SnapshotRef[] = [];
  for await (const ref of store.list()) refs.push(ref);
  return refs;
}

function faultOf(error: unknown): Fault {
  if (isFault(error)) return error;
  throw error;
}

/** Damage is reported; a store that does not answer, or a key that is missing, is no damage. */
function damageFault(error: unknown): Fault {
  const fault = faultOf(error);
  if (fault.retryable || fault.code === 'persistence/denied' || fault.code === 'persistence/unknown-key') throw fault;
  return fault;
}
