import type { FieldKind } from '@beamline/ecs';
import { assertSha256, sha256Hex } from './sha256.ts';
import type { Page, PageId } from './snapshot-store.ts';

// Hashing is half of a snapshot's work: a page that was named from its bytes in here is not hashed again to be put.
const named = new WeakSet<Page>();

/** A page named after its bytes; whoever calls this must not change them before the page is put. */
export function namedPage(bytes: Uint8Array, kinds: readonly FieldKind[]): Page {
  return pageNamed(sha256Hex(bytes), bytes, kinds);
}

/** The same where the SHA-256 of these bytes is known already. */
export function pageNamed(id: PageId, bytes: Uint8Array, kinds: readonly FieldKind[]): Page {
  // Plain bytes: a store that slices them means to copy.
  const page = { id, bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), kinds };
  named.add(page);
  return page;
}

/** For stores, before they keep a page. @throws Fault `persistence/hash-mismatch` when its bytes don't have its name. */
export function assertNamed(store: string, page: Page): void {
  if (!named.has(page)) assertSha256(`${store}: page ${page.id}`, page.id, page.bytes);
}
