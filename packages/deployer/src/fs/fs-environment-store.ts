import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentState, EnvironmentStore } from '../environment-state.ts';
import { assertName } from '../instance.ts';
import { parseState, stateConflict } from '../state-format.ts';
import { replaceFile } from './durable-file.ts';

export interface FsEnvironmentStoreOptions {
  /** Folder that holds `<environment>/environment.json`. Created on first write. */
  root: string;
}

const FILE = 'environment.json';

/** Keeps each environment in a file of its own, replaced as a whole. Writers are kept apart by the environment's lock. */
export function createFsEnvironmentStore({ root }: FsEnvironmentStoreOptions): EnvironmentStore {
  const fileOf = (environment: string): string => {
    assertName('environment', environment);
    return join(root, environment, FILE);
  };

  const read = async (environment: string): Promise<EnvironmentState | undefined> => {
    try {
      return parseState(await readFile(fileOf(environment), 'utf8'), environment);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };

  return {
    kind: 'fs',
    read,
    async write(state) {
      const revision = (await read(state.environment))?.revision ?? 0;
      if (revision !== state.revision) throw stateConflict(state, revision);
      const next: EnvironmentState = { ...state, revision: revision + 1 };
      await replaceFile(fileOf(state.environment), `${JSON.stringify(next, null, 2)}\n`);
      return next;
    },
    async list() {
      const found: string[] = [];
      const folders = await readdir(root, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      for (const folder of folders) {
        if (!folder.isDirectory()) continue;
        const names = await readdir(join(root, folder.name));
        if (names.includes(FILE)) found.push(folder.name);
      }
      return found.sort();
    },
  };
}
