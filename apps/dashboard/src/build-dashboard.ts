import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Fault } from '@beamline/core';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

export interface BuildDashboardOptions {
  /** Where builds are kept. @default `dist` of this package */
  dir?: string;
}

/**
 * The folder of the built page. Builds it (about a second) when its sources changed since the last time, else answers
 * at once. The folder is named after the sources' hash: builders at the same time, and readers of an older build, don't
 * disturb each other.
 * @throws Fault `dashboard/build-failed`
 */
export async function buildDashboard({ dir = join(PACKAGE, 'dist') }: BuildDashboardOptions = {}): Promise<string> {
  const root = join(PACKAGE, 'src', 'page');
  const target = join(dir, `site-${await hashOf(root)}`);
  if (await exists(target)) return target;

  const draft = join(dir, `draft-${randomUUID()}`);
  await mkdir(dir, { recursive: true });
  try {
    // A process of its own: the server keeps neither the builder's 100 MB nor its signal handlers.
    const builder = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './vite-build.ts' : './vite-build.js', import.meta.url));
    await promisify(execFile)(process.execPath, [builder, root, draft], { cwd: PACKAGE });
    await rename(draft, target).catch(async (error: unknown) => {
      if (!(await exists(target))) throw error; // somebody else was faster
    });
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    throw new Fault('dashboard/build-failed', `the dashboard cannot be built: ${stderr?.trim() || message}`, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return target;
}

/** Of every source file and of the libraries that go into the page. */
async function hashOf(root: string): Promise<string> {
  const hash = createHash('sha256');
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = [...files.map(({ parentPath, name }) => join(parentPath, name)).sort(), join(dirname(root), '..', 'package.json')];
  for (const path of paths) hash.update(path.slice(PACKAGE.length)).update('\0').update(await readFile(path)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);
