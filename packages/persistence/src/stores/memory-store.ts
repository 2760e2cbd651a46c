import type { SnapshotRef } from '../snapshot-ref.ts';
import { compareRefs, formatRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import { DEFAULT_GRACE_MS } from '../collect/collect.ts';
import { observe, type Ledger } from '../collect/ledger.ts';
import { livePages } from '../collect/live-pages.ts';
import { assertSha256, incomplete, missing } from '../sha256.ts';

/** Keeps everything in this process's memory, uncompressed. For tests and short-lived simulations. */
export function createMemoryStore(): SnapshotStore {
  const pages = new Map<string, Uint8Array>();
  const manifests = new Map<string, { ref: SnapshotRef; body: Uint8Array }>();
  let puts = 0;
  let ledger: Ledger = { version: 1, since: {} };

  async function* list(process?: string): AsyncIterable<SnapshotRef> {
    const refs = [...manifests.values()].map(({ ref }) => ref).sort(compareRefs);
    for (const ref of refs) if (process === undefined || ref.process === process) yield { ...ref };
  }

  return {
    kind: 'memory',

    async putPages(batch) {
      const written = { pages: 0, bytes: 0 };
      for (const { id, bytes } of batch) {
        assertSha256(`memory: page ${id}`, id, bytes);
        if (pages.has(id)) continue;
        pages.set(id, new Uint8Array(bytes)); // a Buffer's own `slice` would share its memory
        written.pages += 1;
        written.bytes += bytes.length;
      }
      return written;
    },

    async getPage(id) {
      const bytes = pages.get(id);
      if (bytes === undefined) throw missing(`memory: page ${id}`);
      assertSha256(`memory: page ${id}`, id, bytes);
      return bytes.slice();
    },

    async putManifest(ref, body, contents = []) {
      assertSha256(`memory: manifest ${formatRef(ref)}`, ref.sha256, body);
      const lacking = [...contents].filter((id) => !pages.has(id));
      if (lacking.length > 0) throw incomplete('memory', formatRef(ref), lacking);
      puts += 1;
      manifests.set(formatRef(ref), { ref: { ...ref }, body: new Uint8Array(body) });
      return body.length;
    },

    async getManifest(ref) {
      const found = manifests.get(formatRef(ref));
      if (found === undefined) throw missing(`memory: manifest ${formatRef(ref)}`);
      return found.body.slice();
    },

    list,

    async delete(refs) {
      for (const ref of refs) manifests.delete(formatRef(ref));
    },

    absent: async (ids) => [...ids].filter((id) => !pages.has(id)),

    async collect({ contentsOf, now, graceMs = DEFAULT_GRACE_MS }) {
      const look = livePages(list, contentsOf);
      let live: ReadonlySet<string>;
      let looked: number;
      // A manifest put while we looked is looked at, too; between the last look and the removal nothing is awaited.
      do {
        looked = puts;
        live = await look();
      } while (looked !== puts);
      const dead = [...pages.keys()].filter((id) => !live.has(id));
      const observed = observe(ledger, dead, now);
      const ripe = dead.filter((id) => observed.agesMs.get(id)! >= graceMs);
      ledger = observed.ledger;
      const freedBytes = ripe.reduce((sum, id) => sum + pages.get(id)!.length, 0);
      for (const id of ripe) pages.delete(id);
      return { live: live.size, removed: ripe.length, freedBytes, moved: 0, waiting: dead.length - ripe.length, writers: 0, damaged: [] };
    },
  };
}
