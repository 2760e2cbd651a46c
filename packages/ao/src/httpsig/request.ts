import { constants, createPublicKey, hash, verify } from 'node:crypto';
import type { Address, AoMap, Signer } from '@beamline/core';
import { keyIdOf } from './commitment.ts';
import { encodeMessage } from './encode.ts';
import { signatureBase, signatureParams, type SignatureParams } from './signature-base.ts';

/** HTTP headers that carry a flat message together with its signature, in the form a HyperBEAM node accepts. */
export async function signedHeaders(message: AoMap, signer: Signer): Promise<Record<string, string>> {
  const { fields } = encodeMessage(message);
  const params: SignatureParams = { alg: 'rsa-pss-sha512', keyid: keyIdOf(signer.publicKey) };
  const signature = await signer.sign(Buffer.from(signatureBase(fields, params)), 'sha512');
  const label = `comm-${hash('sha256', signature, 'base64url').toLowerCase()}`;
  return {
    ...Object.fromEntries(fields),
    signature: `${label}=:${Buffer.from(signature).toString('base64')}:`,
    'signature-input': `${label}=${signatureParams(fields, params)}`,
  };
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface VerifiedRequest {
  committer: Address;
  /** Only what the signature covers. */
  message: Record<string, string>;
}

/** Who signed a request, and what; `undefined` when it is unsigned, altered, or not in the form nodes accept. */
export function verifyRequest(headers: Headers): VerifiedRequest | undefined {
  const [, label, names = '', keyid = ''] =
    /^(comm-[\w-]+)=\(([^)]*)\);alg="rsa-pss-sha512";keyid="(publickey:[A-Za-z0-9+/=]+)"/.exec(text(headers, 'signature-input')) ?? [];
  const [, signed, signature = ''] = /^(comm-[\w-]+)=:([A-Za-z0-9+/=]+):$/.exec(text(headers, 'signature')) ?? [];
  if (label === undefined || label !== signed) return undefined;

  const covered = [...names.matchAll(/"@?([^"]+)"/g)].map(([, name = '']) => name);
  const message = Object.fromEntries(covered.map((name) => [name, text(headers, name)]));
  const owner = Buffer.from(keyid.slice('publickey:'.length), 'base64');
  const base = signatureBase(Object.entries(message), { alg: 'rsa-pss-sha512', keyid });
  try {
    const key = createPublicKey({ key: { kty: 'RSA', n: owner.toString('base64url'), e: 'AQAB' }, format: 'jwk' });
    const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
    if (!verify('sha512', Buffer.from(base), options, Buffer.from(signature, 'base64'))) return undefined;
  } catch {
    return undefined; // the key is no RSA key
  }
  return { committer: hash('sha256', owner, 'base64url'), message };
}

function text(headers: Headers, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}
