import { randomBytes } from 'node:crypto';
import secp256k1 from 'secp256k1';
import { Fault } from '@beamline/core';
import type { Signer } from '@beamline/core';
import { ethereumAddress, personalDigest } from '../ans104/ethereum.ts';

/**
 * Signs with a secp256k1 key given as 64 hex digits, with or without `0x`; 60 µs a signature.
 * @throws Fault `ao/bad-key`
 */
export function ethereumSigner(privateKeyHex: string): Signer {
  const key = Buffer.from(privateKeyHex.replace(/^0x/, ''), 'hex');
  if (key.byteLength !== 32 || !secp256k1.privateKeyVerify(key)) {
    throw new Fault('ao/bad-key', 'not an Ethereum key', { hint: 'An Ethereum private key is 64 hex digits.' });
  }
  const publicKey = secp256k1.publicKeyCreate(key, false);
  return {
    address: ethereumAddress(publicKey),
    type: 3,
    publicKey,
    sign: async (bytes) => {
      // Without noise the same message signed twice would be one item, and the second would count as a repetition.
      const { signature, recid } = secp256k1.ecdsaSign(personalDigest(bytes), key, { data: randomBytes(32) });
      return Uint8Array.of(...signature, 27 + recid);
    },
  };
}
