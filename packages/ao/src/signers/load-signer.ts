import { readFile } from 'node:fs/promises';
import { env } from 'node:process';
import { Fault } from '@beamline/core';
import type { Signer } from '@beamline/core';
import { arweaveSigner } from './arweave-signer.ts';
import { ethereumSigner } from './ethereum-signer.ts';
import type { ArweaveJwk } from './jwk.ts';

/** A key pasted behind `file:` or `env:` must not reach a log either. Names and addresses are shorter. */
const LOOKS_LIKE_A_KEY = /[{}]|[\da-f]{60}|[\w-]{100}/i;

/**
 * Reads a key by reference: `file:<path>` or `env:<NAME>`, holding an Arweave JWK or an Ethereum key in hex.
 * Errors name the reference, never its content.
 * @throws Fault `ao/bad-reference`, `ao/no-key` (nothing there), `ao/bad-key`.
 */
export async function loadSigner(reference: string): Promise<Signer> {
  const [, scheme, place = ''] = /^(file|env):(.+)$/.exec(reference) ?? [];
  if (scheme === undefined) {
    // The text is not repeated: a key pasted in place of its reference must not reach a log.
    throw new Fault('ao/bad-reference', 'a signer is given by reference', {
      hint: 'Write file:<path to a wallet> or env:<name of a variable>.',
    });
  }
  const text = scheme === 'env' ? env[place] : await readText(place);
  if (text === undefined || text.trim() === '') {
    const isKey = LOOKS_LIKE_A_KEY.test(place);
    throw new Fault('ao/no-key', isKey ? `there is no key where the ${scheme} reference points` : `no key at ${reference}`, {
      hint: isKey ? 'It looks like a key itself: write where the key is kept.' : scheme === 'env' ? `Set the variable ${place}.` : 'Create a wallet there, or correct the path.',
    });
  }
  const jwk = parseJwk(text);
  return jwk ? arweaveSigner(jwk) : ethereumSigner(text.trim());
}

function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function parseJwk(text: string): ArweaveJwk | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as ArweaveJwk;
  } catch {
    // JSON.parse quotes what it could not read, which here is a key.
    throw new Fault('ao/bad-key', 'the wallet is not valid JSON');
  }
}
