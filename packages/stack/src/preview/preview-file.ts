import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@beamline/core';
import type { Preview } from './previews.ts';

const FILE = 'preview.json';
const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** The folder of a preview: names are checked before they become paths. @throws Fault `stack/bad-name` */
export function previewFolder(root: string, name: string): string {
  if (NAME.test(name)) return join(root, name);
  throw new Fault('stack/bad-name', `a preview cannot be called ${JSON.stringify(name)}`, { hint: 'Lower-case letters, digits and hyphens, beginning with a letter: pr-12.' });
}

/** What is kept of a preview; `undefined` when there is none. */
export function readPreview(root: string, name: string): Preview | undefined {
  if (!NAME.test(name)) return undefined;
  let text: string;
  try {
    text = readFileSync(join(root, name, FILE), 'utf8');
  } catch {
    return undefined;
  }
  try {
    const found = JSON.parse(text) as Preview;
    if (found.version === 1 && found.name === name && typeof found.from === 'string' && Number.isFinite(found.expiresAt)) return found;
  } catch { /* said below */ }
  throw new Fault('stack/bad-preview', `${join(root, name, FILE)} is not of this version`, { hint: 'Stop its network (beamline network stop --dir <folder>/network) and delete the folder.' });
}

export async function writePreview(root: string, preview: Preview): Promise<void> {
  const folder = previewFolder(root, preview.name);
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `${FILE}.tmp`);
  await writeFile(draft, `${JSON.stringify(preview, null, 2)}\n`, { flush: true });
  await rename(draft, join(folder, FILE));
}

/** In order of their names. */
export async function listPreviews(root: string): Promise<Preview[]> {
  const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  return names.sort().flatMap((name) => readPreview(root, name) ?? []);
}
