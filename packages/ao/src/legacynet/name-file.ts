import { randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault, type ProcessId } from '@beamline/core';

/** Where names live on a network that has none. */
export interface NameBook {
  get(alias: string): Promise<ProcessId | undefined>;
  /** Durable when it resolves. */
  set(alias: string, process: ProcessId): Promise<void>;
}

/**
 * Names in a JSON file, `{ version: 1, names }`, written whole and atomically. Whoever plays must be told them: publish
 * the file, or serve it. One process at a time may write.
 * @throws Fault `ao/bad-names` when the file holds something else
 */
export function createNameFile(path: string): NameBook {
  const read = async (): Promise<Record<string, ProcessId>> => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{"version":1,"names":{}}';
      throw error;
    });
    const { version, names } = parse(text);
    if (version === 1 && typeof names === 'object' && names !== null) return names as Record<string, ProcessId>;
    throw new Fault('ao/bad-names', `${path} holds no names that this version reads`, { hint: 'Restore it from a backup, or delete it and deploy again.' });
  };
  const write = async (alias: string, process: ProcessId): Promise<void> => {
    const names = { ...(await read()), [alias]: process };
    const draft = `${path}.${randomUUID()}.tmp`;
    const file = await open(draft, 'wx', 0o644);
    try {
      await file.writeFile(`${JSON.stringify({ version: 1, names }, undefined, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    const folder = await open(dirname(path), 'r');
    await folder.sync().finally(() => folder.close());
  };
  // A deployment moves its names side by side.
  let last: Promise<unknown> = Promise.resolve();

  return {
    get: async (alias) => {
      const names = await read();
      return Object.hasOwn(names, alias) ? names[alias] : undefined;
    },
    set(alias, process) {
      const done = last.then(() => write(alias, process));
      last = done.catch(() => undefined);
      return done;
    },
  };
}

function parse(text: string): { version?: unknown; names?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as { version?: unknown; names?: unknown };
  } catch {
    return {};
  }
}
