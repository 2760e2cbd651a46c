import { hash } from 'node:crypto';

const sha384 = (bytes: Uint8Array | string): Buffer => hash('sha384', bytes, 'buffer');
const listTag = sha384('list8');

/** Arweave's deep hash of a flat list of eight blobs, the form every ANS-104 item is signed in. */
export function deepHash(blobs: readonly Uint8Array[]): Buffer {
  if (blobs.length !== 8) throw new RangeError('an ANS-104 item hashes eight parts');
  const pair = Buffer.allocUnsafe(96);
  let folded = listTag;
  for (const blob of blobs) {
    sha384(`blob${blob.byteLength}`).copy(pair, 0);
    sha384(blob).copy(pair, 48);
    const leaf = sha384(pair);
    folded.copy(pair, 0);
    leaf.copy(pair, 48);
    folded = sha384(pair);
  }
  return folded;
}
