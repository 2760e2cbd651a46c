import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { arweaveSigner, ethereumSigner, signerOfBytes, type ArweaveJwk } from '../src/index.ts';

const wallet = () => generateKeyPairSync('rsa', { modulusLength: 4096, publicExponent: 65_537 }).privateKey.export({ format: 'jwk' }) as ArweaveJwk;
const signers = [ethereumSigner('42'.repeat(32)), arweaveSigner(wallet())];

it.each(signers.map((signer) => [signer.type, signer] as const))('names who signed bytes, by a key of type %d, and nobody else', async (type, signer) => {
  const bytes = new TextEncoder().encode('Beamline release');
  const signature = await signer.sign(bytes);
  const { publicKey, address } = signer;
  expect(await signerOfBytes(bytes, { type, publicKey, signature })).toBe(address);
  expect(await signerOfBytes(Uint8Array.of(...bytes, 0), { type, publicKey, signature })).toBeUndefined();
  expect(await signerOfBytes(bytes, { type, publicKey, signature: signature.map((byte, at) => (at === 9 ? byte ^ 1 : byte)) })).toBeUndefined();
  expect(await signerOfBytes(bytes, { type, publicKey, signature: new Uint8Array() })).toBeUndefined();
  expect(await signerOfBytes(bytes, { type: type === 1 ? 3 : 1, publicKey, signature })).toBeUndefined();
}, 60_000);
