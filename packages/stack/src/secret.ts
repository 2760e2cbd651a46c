import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '@beamline/core';
import type { SecretReference } from './config.ts';

/** Where secrets are looked up: relative files start at `root`. */
export interface SecretPlaces {
  root: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** The same reference with an absolute path. */
export function absoluteReference(reference: SecretReference, root: string): SecretReference {
  return reference.startsWith('file:') ? `file:${resolve(root, reference.slice(5))}` : reference;
}

/**
 * The secret itself, trimmed. Errors name the reference, never the content.
 * @throws Fault `stack/no-secret`
 */
export async function readSecret(reference: SecretReference, { root, env }: SecretPlaces): Promise<string> {
  const [scheme, place] = [reference.slice(0, reference.indexOf(':')), reference.slice(reference.indexOf(':') + 1)];
  const text = scheme === 'env' ? env[place] : await readFile(resolve(root, place), 'utf8').catch(() => undefined);
  if (text !== undefined && text.trim() !== '') return text.trim();
  throw new Fault('stack/no-secret', `there is no secret at ${reference}`, {
    hint: scheme === 'env' ? `Set the variable ${place}.` : 'Write the secret into that file, mode 600, or correct the path.',
  });
}
