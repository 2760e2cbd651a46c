import type { SnapshotRef } from '../snapshot-ref.ts';
import { compareRefs, formatRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import { assertSha256, missing } from '../sha256.ts';

/** Keeps everything in this process's memory, uncompressed. For tests and short-lived simulations. */
export function createMemoryStore(): SnapshotStore {
  const pages = new Map<string, Uint8Array>();
  const manifests = new Map<string, { ref: SnapshotRef; body: Uint8Array }>();

  return {
    kind: 'memory',

    async putPages(batch) {
      const written = { pages: 0, bytes: 0 };
      for (const { id, bytes } of batch) {
        assertSha256(`memory: page ${id}`, id, bytes);
        if (pages.has(id)) continue;
        pages.set(id, bytes.slice());
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

    async putManifest(ref, body) {
      assertSha256(`memory: manifest ${formatRef(ref)}`, ref.sha256, body);
      manifests.set(formatRef(ref), { ref: { ...ref }, body: body.slice() });
      return body.length;
    },

    async getManifest(ref) {
      const found = manifests.get(formatRef(ref));
      if (found === undefined) throw missing(`memory: manifest ${formatRef(ref)}`);
      return found.body.slice();
    },

    async *list(process) {
      const refs = [...manifests.values()].map(({ ref }) => ref).sort(compareRefs);
      for (const ref of refs) if (process === undefined || ref.process === process) yield { ...ref };
    },

    async delete(refs) {
      for (const ref of refs) manifests.delete(formatRef(ref));
    },
  };
}
