/** An object of a bucket, as `list` tells of it. */
export interface BucketEntry {
  name: string;
  sizeBytes: number;
}

/**
 * The least a medium must do to hold a snapshot store (`createBucketStore`): named, immutable-or-replaced-whole objects.
 * Names are `/`-separated segments of `A-Z a-z 0-9 . _ ~ -`.
 *
 * Contract (checked by `describeBucket` in `@beamline/persistence/testing`): a put that resolves is durable, atomic for
 * readers, and seen by every later `get` and `list`, whoever calls it. Nothing is conditional: the protocols above need no
 * compare-and-swap. Faults: `persistence/write-failed`, `persistence/read-failed`, and `persistence/denied`.
 */
export interface Bucket {
  /** Short, stable name used in logs and errors: `fs`, `s3`. */
  readonly kind: string;
  /** Only what is fleeting can be removed; the rest is there for good: `persistence/permanent`. */
  readonly permanent?: true;
  /** `bytes` may be overwritten once it resolves. `fleeting`: need not survive a power cut, as nobody who waits for it would. */
  put(name: string, bytes: Uint8Array, options?: { fleeting?: boolean }): Promise<void>;
  /** The object, or its first `length` bytes; a medium that cannot cut returns all of it. `undefined`: not there. */
  get(name: string, length?: number): Promise<Uint8Array | undefined>;
  /** Up to `length` bytes from `offset` on. Absent: this medium cannot cut, or not for less than the whole costs. */
  part?(name: string, offset: number, length: number): Promise<Uint8Array | undefined>;
  /**
   * Objects whose names begin with `prefix` (ending in `/`), in no order.
   * @param sized whose size is wanted, by name, where asking costs; that of others may be anything. @default everybody's
   */
  list(prefix: string, sized?: (name: string) => boolean): AsyncIterable<BucketEntry>;
  /** Removing what is not there is a success. Durable when it resolves, unless all of it was `fleeting`. */
  remove(names: readonly string[], options?: { fleeting?: boolean }): Promise<void>;
}
