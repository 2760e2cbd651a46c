import { generateKeyPair, randomUUID } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '@beamline/core';
import type { Signer } from '@beamline/core';
import { loadSigner } from './load-signer.ts';

/**
 * Makes an RSA-4096 wallet at `path` with file mode 600, once: a wallet that is already there is loaded and kept.
 * Safe to call from several processes at a time. Takes 0.2–4 s.
 * @throws Fault `ao/bad-key` when the file there is no wallet, `ao/wallet-not-written`.
 */
export async function createWallet(path: string): Promise<Signer> {
  const reference = `file:${path}`;
  if (await exists(path)) return loadSigner(reference);
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 4096, publicExponent: 65537 });
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify(privateKey.export({ format: 'jwk' })));
      await file.sync();
    } finally {
      await file.close();
    }
    // A link, unlike a rename, fails when another process was faster: its wallet must not be replaced.
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } catch (cause) {
    throw new Fault('ao/wallet-not-written', `cannot write a wallet to ${path}`, { cause });
  } finally {
    await rm(draft, { force: true });
  }
  return loadSigner(reference);
}

async function exists(path: string): Promise<boolean> {
  return open(path, 'r').then(
    async (file) => {
      await file.close();
      return true;
    },
    () => false,
  );
}
