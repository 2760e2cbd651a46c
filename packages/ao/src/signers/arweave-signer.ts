import { constants, createPrivateKey, hash, sign, type KeyObject } from 'node:crypto';
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
    return createPrivateKey({ key: { ...completeJwk(jwk) }, format: 'jwk' });
  } catch {
    throw badKey('its numbers do not form an RSA key'); // no cause: a library's message might quote the key
  }
}

function badKey(reason: string): Fault {
  return new Fault('ao/bad-key', `not an Arweave wallet: ${reason}`, {
    hint: 'Use the JWK of an Arweave wallet, or create one: createWallet(path).',
  });
}
