import { hash } from 'node:crypto';

const sha384 = (bytes: Uint8Array | string): Buffer => hash('sha384', bytes, 'buffer');
const join = (left: Uint8Array, right: Uint8Array): Buffer => sha384(Buffer.concat([left, right], left.byteLength + right.byteLength));

// Half of the hashes of an item depend on nothing but lengths; most items have the same few.
const MAX_LENGTHS = 4096;
const lengths = new Map<number, Buffer>();

function lengthTag(bytes: number): Buffer {
  let tag = lengths.get(bytes);
  if (tag === undefined) {
    tag = sha384(`blob${bytes}`);
    if (lengths.size < MAX_LENGTHS) lengths.set(bytes, tag);
  }
  return tag;
}

function fold(accumulated: Buffer, blob: Uint8Array): Buffer {
  return join(accumulated, join(lengthTag(blob.byteLength), sha384(blob)));
}

/** What every item of a signature type begins with: `dataitem`, version 1, the type. */
const prefixes = new Map(
  [1, 3].map((type) => [type, ['dataitem', '1', String(type)].reduce((sum, text) => fold(sum, Buffer.from(text)), sha384('list8'))]),
);

/** Where the hash stands after owner, target and anchor: a player sends most messages to one process, without an anchor. */
const MAX_SENDERS = 4096;
const senders = new Map<string, Buffer>();

function afterSender(type: 1 | 3, owner: Uint8Array, target: Uint8Array, anchor: Uint8Array): Buffer {
  const fresh = () => [owner, target, anchor].reduce(fold, prefixes.get(type) as Buffer);
  if (anchor.byteLength > 0) return fresh();
  // Owner and target differ in length only with the type, so no two pairs read alike.
  const name = `${type} ${textOf(owner)}${textOf(target)}`;
  let sender = senders.get(name);
  if (sender === undefined) {
    sender = fresh();
    if (senders.size >= MAX_SENDERS) senders.delete(senders.keys().next().value as string);
    senders.set(name, sender);
  }
  return sender;
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** Arweave's deep hash of an ANS-104 item, which is what its owner signs. 48 bytes. */
export function deepHash(type: 1 | 3, [owner, target, anchor, tags, data]: readonly [owner: Uint8Array, target: Uint8Array, anchor: Uint8Array, tags: Uint8Array, data: Uint8Array]): Buffer {
  return [tags, data].reduce(fold, afterSender(type, owner, target, anchor));
}
