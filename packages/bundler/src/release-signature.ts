import { Fault, type Address, type Signer } from '@beamline/core';
import { canonicalJson } from '@beamline/ecs';
import type { Manifest, Release } from './release.ts';

/** Who vouches for a release. Kept beside the manifest, as `signature.json`. */
export interface ReleaseSignature {
  version: 1;
  signer: Address;
  /** As of `Signer`: 1 = Arweave RSA-PSS SHA-256, 3 = Ethereum `personal_sign`. */
  type: 1 | 3;
  /** Base64url. */
  publicKey: string;
  /** Base64url; over `signedBytes`. */
  signature: string;
}

/** The address of whoever signed these bytes; `undefined` when it was not the owner of that key. `signerOfBytes` of `@beamline/ao` is one. */
export type SignatureCheck = (bytes: Uint8Array, signed: { type: 1 | 3; publicKey: Uint8Array; signature: Uint8Array }) => Promise<Address | undefined>;

/** A line that says what is signed, so that the signature serves for nothing else, then the canonical manifest with its id. */
export function signedBytes(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(`Beamline release\n${canonicalJson(manifest)}`);
}

/** The release with a signature in place of any before. */
export async function signRelease(release: Release, signer: Signer): Promise<Release> {
  const { files: _, signature: __, ...manifest } = release;
  const signature = await signer.sign(signedBytes(manifest));
  return { ...release, signature: { version: 1, signer: signer.address, type: signer.type, publicKey: base64url(signer.publicKey), signature: base64url(signature) } };
}

/** Reads `signature.json` and checks it. @throws Fault `bundler/wrong-signature` */
export async function readSignature(text: string, manifest: Manifest, check: SignatureCheck, file: string): Promise<ReleaseSignature> {
  const found = parse(text);
  if (found === undefined) throw wrongSignature(file, 'is no signature of this version');
  const signer = await check(signedBytes(manifest), {
    type: found.type, publicKey: Buffer.from(found.publicKey, 'base64url'), signature: Buffer.from(found.signature, 'base64url'),
  });
  if (signer !== found.signer) throw wrongSignature(file, `is not ${found.signer}'s signature of release ${manifest.id}`);
  return found;
}

/** @param signers none: anybody, or nobody, may have signed. @throws Fault `bundler/unsigned-release`, `bundler/untrusted-signer` */
export function assertTrusted({ id, signature }: Release, signers: readonly Address[] | undefined): void {
  if (signers === undefined) return;
  if (signature === undefined) {
    throw new Fault('bundler/unsigned-release', `release ${id} is not signed`, { hint: `It must be signed by ${signers.join(' or ')}: beamline bundle --signer <reference>` });
  }
  if (signers.includes(signature.signer)) return;
  throw new Fault('bundler/untrusted-signer', `release ${id} is signed by ${signature.signer}`, { hint: `The config trusts ${signers.join(', ')}.` });
}

function parse(text: string): ReleaseSignature | undefined {
  try {
    const found = JSON.parse(text) as Partial<Record<keyof ReleaseSignature, unknown>>;
    const isWhole = found.version === 1 && (found.type === 1 || found.type === 3)
      && [found.signer, found.publicKey, found.signature].every((part) => typeof part === 'string');
    return isWhole ? found as unknown as ReleaseSignature : undefined;
  } catch {
    return undefined;
  }
}

function wrongSignature(file: string, what: string): Fault {
  return new Fault('bundler/wrong-signature', `${file} ${what}`, {
    hint: 'Do not deploy it before you know who changed it: take the release from where it was signed, or sign it again.', details: { file },
  });
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
