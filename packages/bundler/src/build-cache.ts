import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '@beamline/ecs';
import type { DescribedRole } from './describe-role.ts';
import type { Target } from './module-resolver.ts';
import { pluginsKey } from './plugin.ts';
import type { Cached, Kept, RoleOptions } from './role-builder.ts';
import { toolchain } from './toolchain.ts';

/** What a role was built to. */
export interface CachedRole {
  described: Kept<DescribedRole>;
  bundles: Partial<Record<Target, Kept<Cached>>>;
}

/**
 * Built roles in a folder, one file each, named after everything but the sources that shapes a bundle: options, and the
 * compilers with their code. A file is believed only when it has the hash it bears.
 */
export interface BuildCache {
  read(options: RoleOptions): Promise<CachedRole | undefined>;
  write(options: RoleOptions, role: CachedRole): Promise<void>;
}

export interface BuildCacheOptions {
  dir: string;
  /** Told of every file that is not what was written. */
  onDamage(file: string): void;
}

export function createBuildCache({ dir, onDamage }: BuildCacheOptions): BuildCache {
  const fileOf = (options: RoleOptions) => join(dir, `${hash(canonicalJson({ ...options, plugins: pluginsKey(options.plugins), toolchain, compiler: compilerHash() }))}.json`);
  return {
    async read(options) {
      const file = fileOf(options);
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const [claimed, body = ''] = [text.slice(0, HASH), text.slice(HASH + 1)];
      if (hash(body) === claimed) return JSON.parse(body) as CachedRole;
      onDamage(file);
      await rm(file, { force: true });
      return undefined;
    },
    async write(options, role) {
      const file = fileOf(options);
      const draft = `${file}.${randomUUID()}.tmp`;
      const body = JSON.stringify(role);
      await mkdir(dir, { recursive: true });
      try {
        await writeFile(draft, `${hash(body)}\n${body}`);
        await rename(draft, file);
      } finally {
        await rm(draft, { force: true });
      }
    },
  };
}

/** Characters of a SHA-256 in hexadecimal. */
const HASH = 64;

let compiler: string | undefined;

/** Of this package's own code, which during development keeps its version, and of the versions that it is pinned to. */
function compilerHash(): string {
  compiler ??= hash(readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]s$/.test(name)).sort().concat('../package.json')
    .map((name) => `${name}\0${readFileSync(join(import.meta.dirname, name), 'utf8')}`).join('\0'));
  return compiler;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
