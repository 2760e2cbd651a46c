import { constants, createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import secp256k1 from 'secp256k1';
import { isFault, type Address } from '@beamline/core';
import { personalDigest } from './ethereum.ts';
import { addressOfOwner } from './owner.ts';
import { parseItem, type ParsedItem } from './parse.ts';

const MAX_KEYS = 512;
/** Half of secp256k1's order: of the two signatures with the same r, the one with the smaller s counts (EIP-2). */
const HALF_ORDER = Buffer.from('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0', 'hex');
const keys = new Map<string, KeyObject>();

type Signed = Pick<ParsedItem, 'type' | 'owner' | 'signature' | 'digest'>;

/**
 * Whether the owner signed exactly these bytes. RSA runs on libuv's threads (60 µs an item), Ethereum here (90 µs).
 * @param here RSA too: the way to another thread and back takes longer than the work, where nothing else is to be done.
 */
export async function verifyItem(item: Signed, here = false): Promise<boolean> {
  return item.type === 1 ? verifyArweave(item, here) : verifyEthereum(item);
}

/** Whether these bytes are an item, and what its owner signed. */
export async function isIntact(raw: Uint8Array): Promise<boolean> {
  try {
    return await verifyItem(parseItem(raw));
  } catch (error) {
    if (isFault(error, 'ao/bad-item')) return false;
    throw error;
  }
}

function verifyArweave(item: Signed, here: boolean): boolean | Promise<boolean> {
  const key = {
    key: publicKeyOf(item.owner),
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_AUTO,
  };
  if (here) {
    try {
      return verify('sha256', item.digest(), key, item.signature);
    } catch {
      return false; // the owner is no RSA key
    }
  }
  return new Promise((resolve) => {
    verify('sha256', item.digest(), key, item.signature, (error, valid) => resolve(error === null && valid));
  });
}

/**
 * The last byte of the signature must be the one that belongs to it, 27 or 28: an item's id is the hash of its
 * signature, and another last byte would give the same message a second id without its signer.
 */
function verifyEthereum({ owner, signature, digest }: Signed): boolean {
  const recovery = (signature[64] ?? 0) - 27;
  if (recovery !== 0 && recovery !== 1) return false;
  try {
    // Recovering takes the mirror image of a signature too, which would be a second id as well.
    const compact = signature.subarray(0, 64);
    return compact.compare(HALF_ORDER, 0, 32, 32, 64) <= 0 && owner.equals(secp256k1.ecdsaRecover(compact, recovery, personalDigest(digest()), false));
  } catch {
    return false; // the owner is no point of the curve, or the signature is out of range
  }
}

/** Importing a modulus costs half of a verification, and players send many messages each. */
function publicKeyOf(owner: Buffer): KeyObject {
  const name = hash('sha256', owner, 'base64url');
  const known = keys.get(name);
  if (known) return known;
  const key = createPublicKey({ key: { kty: 'RSA', n: owner.toString('base64url'), e: 'AQAB' }, format: 'jwk' });
  if (keys.size >= MAX_KEYS) keys.delete(keys.keys().next().value as string);
  keys.set(name, key);
  return key;
}

/** Bytes that a `Signer` signed, outside any item. */
export interface SignedBytes {
  type: 1 | 3;
  /** As `Signer` shows it. */
  publicKey: Uint8Array;
  signature: Uint8Array;
}

/** The address of whoever signed exactly these bytes; `undefined` when it was not the owner of that key. */
export async function signerOfBytes(bytes: Uint8Array, { type, publicKey, signature }: SignedBytes): Promise<Address | undefined> {
  const owner = Buffer.from(publicKey);
  return await verifyItem({ type, owner, signature: Buffer.from(signature), digest: () => Buffer.from(bytes) }, true) ? addressOfOwner({ type, owner }) : undefined;
}
