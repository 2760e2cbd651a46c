import type { Bucket } from './bucket.ts';

export interface MemoryBucket extends Bucket {
  /** The objects themselves: tests damage them here. */
  readonly objects: Map<string, Uint8Array>;
}

/** Objects in this process's memory: for tests, and as the pattern of a bucket. */
export function createMemoryBucket(objects = new Map<string, Uint8Array>()): MemoryBucket {
  return {
    kind: 'memory',
    objects,
    async put(name, bytes) {
      objects.set(name, new Uint8Array(bytes)); // a Buffer's own `slice` would share the memory
    },
    async get(name, length) {
      return objects.get(name)?.slice(0, length);
    },
    async *list(prefix) {
      for (const [name, bytes] of [...objects]) if (name.startsWith(prefix)) yield { name, sizeBytes: bytes.length };
    },
    async remove(names) {
      for (const name of names) objects.delete(name);
    },
  };
}
