import { randomBytes } from 'node:crypto';
import type { Bucket, BucketEntry } from '../bucket/bucket.ts';
import { openSealed, sealBytes, type Entropy } from './seal-bytes.ts';
import type { KeyRing } from './seal-key.ts';
import { openName, sealName } from './sealed-name.ts';
import { plainSize, sealedHead } from './sealed-format.ts';

export interface EncryptedBucketOptions {
  bucket: Bucket;
  /** Writes with the first, reads with all. */
  keys: KeyRing;
  /** @default the host's */
  entropy?: Entropy;
}

/**
 * A bucket whose objects and names are encrypted at rest (AES-256-GCM; sealed-format.ts, sealed-name.ts). What was
 * changed, cut, moved or put there by others is refused: `persistence/sealed-damaged`, `persistence/not-sealed`. Objects
 * sealed by a key that is not given are `persistence/unknown-key`, also when listed.
 */
export function createEncryptedBucket({ bucket, keys, entropy = randomBytes }: EncryptedBucketOptions): Bucket {
  const namesOf = (name: string) => keys.map((key) => sealName(key, name));

  return {
    kind: bucket.kind,
    ...(bucket.permanent && { permanent: true }),

    async put(name, bytes, options) {
      const [current, ...old] = namesOf(name);
      await bucket.put(current!, sealBytes(keys, name, bytes, entropy), options);
      // Or both would be listed.
      if (old.length > 0 && bucket.permanent !== true) await bucket.remove(old);
    },

    async get(name, length) {
      for (const sealed of namesOf(name)) {
        const found = await bucket.get(sealed, length === undefined ? undefined : sealedHead(length));
        if (found !== undefined) return openSealed(keys, name, found, { head: length !== undefined && found.length >= sealedHead(length) });
      }
      return undefined;
    },

    async *list(prefix, sized) {
      const top = prefix.slice(0, prefix.indexOf('/') + 1);
      const seen = new Set<string>();
      const wanted = sized && ((sealed: string) => { const name = openName(keys, sealed); return name !== undefined && sized(name); });
      for await (const { name: sealed, sizeBytes } of bucket.list(top, wanted)) {
        const name = openName(keys, sealed);
        // Killed between writing a name anew and removing the old one: both open to the same.
        if (name === undefined || !name.startsWith(prefix) || seen.has(name)) continue;
        seen.add(name);
        yield { name, sizeBytes: plainSize(sizeBytes) } satisfies BucketEntry;
      }
    },

    async remove(names) {
      await bucket.remove(names.flatMap(namesOf));
    },
  };
}
