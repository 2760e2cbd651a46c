import { constants, createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import secp256k1 from 'secp256k1';
import { personalDigest } from './ethereum.ts';
import type { ParsedItem } from './parse.ts';

const MAX_KEYS = 512;
const keys = new Map<string, KeyObject>();

/** Whether the owner signed exactly these bytes. RSA runs on libuv's threads (60 µs an item), Ethereum here (90 µs). */
export async function verifyItem(item: ParsedItem): Promise<boolean> {
  return item.type === 1 ? verifyArweave(item) : verifyEthereum(item);
}

function verifyArweave(item: ParsedItem): Promise<boolean> {
  const key = {
    key: publicKeyOf(item.owner),
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_AUTO,
  };
  return new Promise((resolve) => {
    verify('sha256', item.digest(), key, item.signature, (error, valid) => resolve(error === null && valid));
  });
}

function verifyEthereum({ owner, signature, digest }: ParsedItem): boolean {
  try {
    return secp256k1.ecdsaVerify(signature.subarray(0, 64), personalDigest(digest()), owner);
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
