import { constants, createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';
import { Fault } from '@beamline/core';
import type { Signer } from '@beamline/core';
import { completeJwk, type ArweaveJwk } from './jwk.ts';

/**
 * Signs with an Arweave wallet on libuv's threads, 2–4 ms a signature.
 * @throws Fault `ao/bad-key` when the key is not RSA-4096: other sizes do not fit into ANS-104 items.
 */
export function arweaveSigner(jwk: ArweaveJwk): Signer {
  const publicKey = Buffer.from(String(jwk.n ?? ''), 'base64url');
  if (jwk.kty !== 'RSA' || typeof jwk.d !== 'string' || publicKey.byteLength !== 512) {
    throw badKey('it is not an RSA-4096 private key');
  }
  const key = importKey(jwk);
  return {
    address: hash('sha256', publicKey, 'base64url'),
    type: 1,
    publicKey: new Uint8Array(publicKey),
    sign: (bytes, digest = 'sha256') =>
      new Promise((resolve, reject) => {
        const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
        sign(digest, bytes, options, (error, signature) => (error ? reject(error) : resolve(new Uint8Array(signature))));
      }),
  };
}

function importKey(jwk: ArweaveJwk): KeyObject {
  try {
    const key = createPrivateKey({ key: { ...completeJwk(jwk) }, format: 'jwk' });
    // A damaged number may go unnoticed until a network refuses what was signed with it.
    if (verify('sha256', PROBE, publicKeyOf(jwk), sign('sha256', PROBE, key))) return key;
  } catch {
    // no cause: a library's message might quote the key
  }
  throw badKey('its numbers do not form an RSA key with the exponent 65537');
}

const PROBE = Buffer.from('probe');

/** As networks see it: an item carries the modulus alone. */
const publicKeyOf = ({ n }: ArweaveJwk): KeyObject => createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });

function badKey(reason: string): Fault {
  return new Fault('ao/bad-key', `not an Arweave wallet: ${reason}`, {
    hint: 'Use the JWK of an Arweave wallet, or create one: createWallet(path).',
  });
}
