import { hash } from 'node:crypto';
import type { AoMap, Id, Signer } from '@beamline/core';
import { encodeMessage } from './encode.ts';
import { signatureBase, type SignatureParams } from './signature-base.ts';

const ANYONE: SignatureParams = { alg: 'hmac-sha256', keyid: 'constant:ao' };

const BLOCK_BYTES = 64;
const padded = (pad: number): Buffer => Buffer.alloc(BLOCK_BYTES).fill(ANYONE.keyid, 0, ANYONE.keyid.length).map((byte) => byte ^ pad) as Buffer;
const INNER = padded(0x36);
const OUTER = padded(0x5c);

/** A commitment anybody can make: it names the content, it proves nothing. Keyed by its own signature. */
export function hmacCommitment(message: AoMap, links: Readonly<Record<string, string>> = {}): { id: Id; commitment: AoMap } {
  const { fields, committed } = encodeMessage(message, links);
  const id = anyoneId(signatureBase(fields, ANYONE));
  return {
    id,
    commitment: { 'commitment-device': 'httpsig@1.0', committed, keyid: ANYONE.keyid, signature: id, type: ANYONE.alg },
  };
}

/** HMAC-SHA-256 of a signature base under the key that everybody knows, by two plain hashes: half the time of `createHmac`. */
export function anyoneId(base: string): Id {
  const inner = Buffer.allocUnsafe(BLOCK_BYTES + Buffer.byteLength(base));
  INNER.copy(inner);
  inner.write(base, BLOCK_BYTES);
  return hash('sha256', Buffer.concat([OUTER, hash('sha256', inner, 'buffer')]), 'base64url');
}

/** The id of a message that nobody signed. */
export function hmacId(message: AoMap): Id {
  return hmacCommitment(message).id;
}

/** A node's own signature under a message it makes, as `rsa-pss-sha512`. The id is the SHA-256 of the signature. */
export async function signedCommitment(
  message: AoMap,
  signer: Signer,
  links: Readonly<Record<string, string>> = {},
): Promise<{ id: Id; commitment: AoMap }> {
  const { fields, committed } = encodeMessage(message, links);
  const params: SignatureParams = { alg: 'rsa-pss-sha512', keyid: keyIdOf(signer.publicKey) };
  const signature = await signer.sign(Buffer.from(signatureBase(fields, params)), 'sha512');
  return {
    id: hash('sha256', signature, 'base64url'),
    commitment: {
      'commitment-device': 'httpsig@1.0',
      committed,
      committer: signer.address,
      keyid: params.keyid,
      signature: Buffer.from(signature).toString('base64url'),
      type: params.alg,
    },
  };
}

export function keyIdOf(publicKey: Uint8Array): string {
  return `publickey:${Buffer.from(publicKey).toString('base64')}`;
}
