import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { Lockfile } from '@beamline/bundler';

/** Where sources came from, as a release's manifest names it. */
export interface SourceFacts {
  /** Of the repository around the folder, with `+changes` when the folder has others; absent outside git. */
  commit?: string;
  /** The nearest one above the folder. */
  lockfile?: Lockfile;
}

const LOCKFILES = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/** @param own files and folders that a build itself writes: they are no changes of the sources */
export async function sourceFacts(folder: string, own: readonly string[] = []): Promise<SourceFacts> {
  const [commit, lockfile] = await Promise.all([commitOf(folder, own), lockfileOf(folder)]);
  return { ...(commit !== undefined && { commit }), ...(lockfile && { lockfile }) };
}

async function commitOf(folder: string, own: readonly string[]): Promise<string | undefined> {
  try {
    const paths = ['.', ...own.filter((path) => !path.startsWith('..') && !isAbsolute(path)).map((path) => `:(exclude)${path}`)];
    const { stdout } = await promisify(execFile)('git', ['-C', folder, 'status', '--porcelain=v2', '--branch', '--', ...paths]);
    const commit = /^# branch\.oid ([0-9a-f]+)$/m.exec(stdout)?.[1];
    return commit !== undefined && /^[^#\n]/m.test(stdout) ? `${commit}+changes` : commit;
  } catch {
    return undefined; // no git, or no repository
  }
}

async function lockfileOf(folder: string): Promise<Lockfile | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    for (const name of LOCKFILES) {
      const bytes = await readFile(join(at, name)).catch(() => undefined);
      if (bytes) return { name, sha256: createHash('sha256').update(bytes).digest('hex') };
    }
    if (at === dirname(at)) return undefined;
  }
}
