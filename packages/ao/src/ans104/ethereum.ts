import createKeccakHash from 'keccak';
import type { Address } from '@beamline/core';

export const keccak256 = (bytes: Uint8Array): Buffer => createKeccakHash('keccak256').update(bytes).digest();

/** What an Ethereum wallet signs for `bytes`: the Keccak-256 of EIP-191's personal message. */
export function personalDigest(bytes: Uint8Array): Buffer {
  return keccak256(Buffer.concat([Buffer.from(`\x19Ethereum Signed Message:\n${bytes.byteLength}`), bytes]));
}

/** `0x` and 40 hex digits with EIP-55 capitals, from the 65 bytes of an uncompressed public key. */
export function ethereumAddress(publicKey: Uint8Array): Address {
  const lower = keccak256(Buffer.from(publicKey.subarray(1))).subarray(-20).toString('hex');
  const capitals = keccak256(Buffer.from(lower)).toString('hex');
  return `0x${[...lower].map((digit, i) => (parseInt(capitals.charAt(i), 16) > 7 ? digit.toUpperCase() : digit)).join('')}`;
}
