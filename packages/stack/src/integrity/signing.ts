import { loadSigner, signerOfBytes } from '@beamline/ao';
import type { SignatureCheck } from '@beamline/bundler';
import type { Signer } from '@beamline/core';
import type { BeamlineConfig, SecretReference } from '../config.ts';
import { absoluteReference } from '../secret.ts';

/** Both kinds of keys that sign on AO. */
export const checkSignature: SignatureCheck = signerOfBytes;

/** Who signs releases: the one asked for, else the config's, else nobody. @throws Fault of `loadSigner` */
export async function signerOf({ config, root }: { config: BeamlineConfig; root: string }, asked?: SecretReference): Promise<Signer | undefined> {
  const reference = asked ?? config.signing?.signer;
  return reference === undefined ? undefined : loadSigner(absoluteReference(reference, root));
}
