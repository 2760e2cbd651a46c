import { hash } from 'node:crypto';
import { Fault } from '@beamline/core';
import type { ItemSpec, SignedItem, Signer, Tag } from '@beamline/core';
import { arbundles } from './arbundles.ts';
import { MAX_TAG_BYTES, MAX_TAGS, parseItem } from './parse.ts';

/**
 * Builds and signs an ANS-104 item; its id is known before anything is sent. The same arguments give a new id each
 * time, because signatures are randomised.
 * @throws Fault `ao/bad-item` for a target that is no id, an empty tag name, more than 128 tags or 4,096 bytes of tags.
 */
export async function createItem(signer: Signer, { target, tags, data }: ItemSpec): Promise<SignedItem> {
  checkSpec(target, tags);
  const { createData } = await arbundles();
  const item = createData(data, ownerOf(signer), { tags: tags.map(({ name, value }) => ({ name, value })), ...(target ? { target } : {}) });
  const raw = item.getRaw();
  const signature = await signer.sign(parseItem(raw).digest());
  raw.set(signature, 2);
  return {
    id: hash('sha256', signature, 'base64url'),
    owner: signer.address,
    target: target ?? '',
    raw: new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength),
  };
}

const LENGTHS = { 1: 512, 3: 65 } as const;

/** The shape arbundles expects of a signer; it only lays the item out, the signature is ours. */
function ownerOf({ type, publicKey }: Signer) {
  const refuse = () => Promise.reject(new Error('the item is signed outside arbundles'));
  return {
    publicKey: Buffer.from(publicKey),
    signatureType: type,
    signatureLength: LENGTHS[type],
    ownerLength: LENGTHS[type],
    sign: refuse,
  };
}

function checkSpec(target: string | undefined, tags: readonly Tag[]): void {
  if (target !== undefined && !/^[\w-]{43}$/.test(target)) throw refuse(`the target "${target}" is not a process id`);
  if (tags.length > MAX_TAGS) throw refuse(`${tags.length} tags, at most ${MAX_TAGS} are allowed`);
  // Avro spends two bytes or fewer on the length of names and values below 8,192 bytes.
  const bytes = tags.reduce((sum, { name, value }) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 4, 4);
  if (bytes > MAX_TAG_BYTES) {
    throw refuse(`the tags take about ${bytes} bytes, at most ${MAX_TAG_BYTES} are allowed`, 'Put long values into the data.');
  }
  if (tags.some(({ name }) => name === '')) throw refuse('a tag has no name');
}

function refuse(message: string, hint?: string): Fault {
  return new Fault('ao/bad-item', `cannot sign: ${message}`, hint === undefined ? {} : { hint });
}
