import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { deserialize } from 'node:v8';
import type { Bundle, ReleaseBuild, ReleaseSource, RoleSource } from '@beamline/bundler';

const root = join(import.meta.dirname, '..');
const cache = join(root, 'node_modules/.cache/beamline-built');

/** `buildRole`, for tests of what is built: in a process of its own, and once for one state of the repository. */
export const builtRole = (source: RoleSource): Promise<Bundle> => built('buildRole', source) as Promise<Bundle>;

/** `buildRelease`, likewise. */
export const builtRelease = (source: Omit<ReleaseSource, 'onBundle'>): Promise<ReleaseBuild> => built('buildRelease', source) as Promise<ReleaseBuild>;

async function built(how: 'buildRole' | 'buildRelease', source: { root: string }): Promise<unknown> {
  const folder = join(cache, await (state ??= stateOfRepository()));
  const order = JSON.stringify({ how, source: { ...source, root: resolve(source.root) } });
  const path = join(folder, createHash('sha256').update(order).digest('hex'));
  const known = await readFile(path).catch(() => undefined);
  if (known !== undefined) return deserialize(known);
  await mkdir(folder, { recursive: true });
  // Of other states nothing is needed any more.
  for (const name of await readdir(cache)) if (join(cache, name) !== folder) await rm(join(cache, name), { recursive: true, force: true });
  const draft = `${path}.${randomUUID()}`;
  const child = spawn(process.execPath, ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'built-program.ts'), draft, order], {
    stdio: ['ignore', 'ignore', 'pipe'], cwd: root, env: { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'), ...process.env },
  });
  const ended = new Promise<number | null>((settle) => child.once('exit', settle));
  const trouble = await text(child.stderr);
  if ((await ended) !== 0) throw new Error(`${how} failed: ${trouble}`);
  const bytes = await readFile(draft);
  await rename(draft, path);
  return deserialize(bytes);
}

let state: Promise<string> | undefined;

/** Hash of everything a bundle can be made of, and of what makes it. */
async function stateOfRepository(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  const paths = ['package-lock.json', 'tsconfig.base.json'];
  for (const folder of ['packages', 'apps', 'test', 'bench', 'tools']) await collect(folder, paths);
  for (const path of paths.sort()) hash.update(`\0${path}\0`).update(await readFile(join(root, path)));
  return hash.digest('hex');
}

async function collect(folder: string, into: string[]): Promise<void> {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules' && entry.name !== 'dist') await collect(path, into);
    } else if (/\.(ts|tsx|js|mjs|lua|json)$/.test(entry.name)) into.push(path);
  }
}
