import { Fault, isFault } from '@beamline/core';
import type { Address, Clock, Id, Signer } from '@beamline/core';
import type { Arweave, IndexedItem } from '../anchor/arweave.ts';
import type { Bucket, BucketEntry } from '../bucket/bucket.ts';

export interface ArweaveBucketOptions {
  arweave: Arweave;
  /** Signs what is put: whoever pays the bundler. Without one nothing can be put. */
  signer?: Signer;
  clock: Clock;
  /** Keeps the objects of games and environments apart: `arena/live`. */
  scope: string;
  /** Whose objects count. @default the signer's alone */
  owners?: readonly Address[];
  /** How long a put waits until the index shows what was uploaded. @default 120_000 */
  visibleWithinMs?: number;
  /** Between two looks. @default 500 */
  everyMs?: number;
}

export const OBJECT_TYPE = 'Beamline-Object';

/**
 * Objects as signed items. For good, and public: seal what must stay secret before it comes here. What was put twice has
 * the later content. Fleeting objects stay in memory; nothing else can be removed: `persistence/permanent`.
 */
export function createArweaveBucket({
  arweave, signer, clock, scope, owners = signer === undefined ? [] : [signer.address], visibleWithinMs = 120_000, everyMs = 500,
}: ArweaveBucketOptions): Bucket {
  const fleeting = new Map<string, Uint8Array>();
  /** Newest item by name, as far as seen. */
  const known = new Map<string, { id: Id; issued: number; sizeBytes: number }>();
  const tagOf = ({ tags }: IndexedItem, name: string) => tags.find((tag) => tag.name === name)?.value ?? '';

  async function* seen(wanted: { name: string; values: readonly string[] }): AsyncIterable<string> {
    const tags = [{ name: 'Type', values: [OBJECT_TYPE] }, { name: 'Scope', values: [scope] }, wanted];
    for await (const item of arweave.find({ owners, tags })) {
      const name = tagOf(item, 'Name');
      const issued = Number(tagOf(item, 'Issued')) || 0;
      const before = known.get(name);
      if (before === undefined || before.issued < issued) known.set(name, { id: item.id, issued, sizeBytes: item.sizeBytes ?? sizeTag(item) });
      yield name;
    }
  }
  const sizeTag = (item: IndexedItem) => Number(tagOf(item, 'Size')) || 0;

  async function find(name: string): Promise<Id | undefined> {
    if (!known.has(name)) for await (const _ of seen({ name: 'Name', values: [name] }));
    return known.get(name)?.id;
  }

  /** Accepted is not durable: only what comes back under its name is. */
  async function becomeVisible(name: string, id: Id): Promise<void> {
    for (const until = clock.now() + visibleWithinMs; ;) {
      for await (const item of arweave.find({ ids: [id] })) {
        if (item.id === id && (await arweave.bytes(id, 1)) !== undefined) return;
      }
      if (clock.now() + everyMs > until) {
        throw new Fault('persistence/write-failed', `arweave: ${name} was accepted as ${id}, but does not show after ${visibleWithinMs} ms`, {
          hint: 'Repeat: what did arrive is found and not sent again.', retryable: true, details: { item: id },
        });
      }
      await clock.sleep(everyMs);
    }
  }

  return {
    kind: 'arweave',
    permanent: true,

    async put(name, bytes, { fleeting: passes = false } = {}) {
      if (passes) return void fleeting.set(name, new Uint8Array(bytes));
      await failing('write', name, async () => {
        if (signer === undefined) throw new Fault('persistence/denied', 'arweave: this store was opened without a signer, to read');
        const issued = Math.max(clock.now(), (known.get(name)?.issued ?? -1) + 1);
        const tags = Object.entries({
          Type: OBJECT_TYPE, 'Schema-Version': '1', Scope: scope, Name: name, ...folders(name), Issued: String(issued), Size: String(bytes.length),
          'Content-Type': 'application/octet-stream',
        }).map(([tag, value]) => ({ name: tag, value }));
        const item = await arweave.sign(signer, { tags, data: bytes });
        await arweave.upload(item);
        await becomeVisible(name, item.id);
        known.set(name, { id: item.id, issued, sizeBytes: bytes.length });
      });
    },

    async get(name, length) {
      const passing = fleeting.get(name);
      if (passing !== undefined) return passing.slice(0, length);
      return failing('read', name, async () => {
        const id = await find(name);
        return id === undefined ? undefined : arweave.bytes(id, length);
      });
    },

    async *list(prefix) {
      const names = await failing('read', prefix, async () => {
        const found = new Set<string>();
        for await (const name of seen({ name: `Folder-${depthOf(prefix)}`, values: [prefix] })) found.add(name);
        return found;
      });
      for (const name of names) yield { name, sizeBytes: known.get(name)!.sizeBytes } satisfies BucketEntry;
      for (const [name, bytes] of fleeting) if (name.startsWith(prefix)) yield { name, sizeBytes: bytes.length };
    },

    async remove(names) {
      for (const name of names) {
        if (fleeting.delete(name) || (await failing('read', name, () => find(name))) === undefined) continue;
        throw new Fault('persistence/permanent', `arweave: ${name} is there for good`, {
          hint: 'What lies on Arweave cannot be deleted. Keep short-lived snapshots in another store.', details: { name },
        });
      }
    },
  };
}

const depthOf = (folder: string): number => folder.split('/').length - 1;

/** `a/b/c` lies in `a/` and in `a/b/`: indexes find equal tags, not beginnings. */
function folders(name: string): Record<string, string> {
  const parts = name.split('/').slice(0, -1);
  return Object.fromEntries(parts.map((_, n) => [`Folder-${n + 1}`, `${parts.slice(0, n + 1).join('/')}/`]));
}

async function failing<T>(what: 'read' | 'write', name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isFault(cause) || cause.code.startsWith('persistence/')) throw cause;
    const code = cause.code === 'ao/not-paid' || cause.code === 'ao/rejected' ? 'persistence/denied' : `persistence/${what}-failed` as const;
    throw new Fault(code, `arweave: cannot ${what} ${name}: ${cause.message}`, {
      ...(cause.hint === undefined ? {} : { hint: cause.hint }), retryable: cause.retryable, details: { ...cause.details, cause: cause.code }, cause,
    });
  }
}
