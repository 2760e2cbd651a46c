import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentState } from '@beamline/deployer';
import type { ArchiveSourceEntry } from '@beamline/persistence';
import type { StateFolder } from '../state-folder.ts';

/**
 * What an environment needs besides its snapshots to live again elsewhere: its state, its journals, its newest anchors, the releases it runs
 * and could go back to. Never wallets, locks or the local network's log. Read when asked for.
 */
export async function environmentFiles(folder: StateFolder, state: EnvironmentState): Promise<ArchiveSourceEntry[]> {
  const own = join(folder.root, state.environment);
  const files: ArchiveSourceEntry[] = [file('environment.json', join(own, 'environment.json'))];
  for (const name of await names(folder.journal)) {
    if (name.endsWith('.journal')) files.push(file(`journal/${name}`, join(folder.journal, name)));
  }
  for (const name of await names(folder.anchors)) files.push(file(`anchors/${name}`, join(folder.anchors, name)));
  const releases = new Set([state.release, state.previousRelease, ...Object.values(state.instances).map(({ release }) => release)]);
  for (const id of [...releases].sort()) {
    if (id === undefined) continue;
    for (const name of await names(join(folder.releases, id))) files.push(file(`releases/${id}/${name}`, join(folder.releases, id, name)));
  }
  return files;
}

/** Where an entry of an archive belongs in a state folder. */
export function placeInState(name: string, environment: string): string {
  return name.startsWith('releases/') ? name : `${environment}/${name}`;
}

const file = (name: string, path: string): ArchiveSourceEntry => ({ name, read: async () => new Uint8Array(await readFile(path)) });

async function names(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1).replaceAll('\\', '/')).sort();
}
