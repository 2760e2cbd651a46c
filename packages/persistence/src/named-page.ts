import type { FieldKind } from '@beamline/ecs';
import { assertSha256, sha256Hex } from './sha256.ts';
import type { Page, PageId } from './snapshot-store.ts';

/** A page that was named from its bytes in here: hashing is half of a snapshot's work, so it is not hashed again to be put. */
class NamedPage implements Page {
  readonly id: PageId;
  readonly bytes: Uint8Array;
  readonly kinds: readonly FieldKind[];

  constructor(id: PageId, bytes: Uint8Array, kinds: readonly FieldKind[]) {
    this.id = id;
    this.bytes = bytes;
    this.kinds = kinds;
  }
}

/** A page named after its bytes; whoever calls this must not change them before the page is put. */
export function namedPage(bytes: Uint8Array, kinds: readonly FieldKind[]): Page {
  return pageNamed(sha256Hex(bytes), bytes, kinds);
}

/** The same where the SHA-256 of these bytes is known already. */
export function pageNamed(id: PageId, bytes: Uint8Array, kinds: readonly FieldKind[]): Page {
  // Plain bytes: a store that slices them means to copy.
  return new NamedPage(id, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), kinds);
}

/** For stores, before they keep a page. @throws Fault `persistence/hash-mismatch` when its bytes don't have its name. */
export function assertNamed(store: string, page: Page): void {
  if (!(page instanceof NamedPage)) assertSha256(`${store}: page ${page.id}`, page.id, page.bytes);
}
