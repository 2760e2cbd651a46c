import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Fault } from '@beamline/core';
import type { BeamlineConfig } from './config.ts';
import { validateConfig } from './validate-config.ts';

/** A validated config and the folder its relative paths start from. */
export interface LoadedConfig {
  config: BeamlineConfig;
  file: string;
  root: string;
  /** When the file was last changed, in milliseconds. */
  modified: number;
}

/**
 * Imports `beamline.config.ts` (Node strips the types) and validates its default export.
 * @throws Fault `stack/no-config`, `stack/config-failed` (the file itself threw), `stack/bad-config`
 */
export async function loadConfig(path: string, cwd = '.'): Promise<LoadedConfig> {
  const file = resolve(cwd, path);
  const modified = await modifiedAt(file);
  if (modified === undefined) {
    throw new Fault('stack/no-config', `there is no config at ${file}`, {
      hint: 'Run the command in the folder of beamline.config.ts, or name it: --config path/to/beamline.config.ts',
    });
  }
  const module = await import(`${pathToFileURL(file).href}?modified=${modified}`).catch((cause: unknown) => {
    throw new Fault('stack/config-failed', `${file} cannot be imported: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }) as { default?: unknown };
  if (module.default === undefined) {
    throw new Fault('stack/bad-config', `${file}: has no default export`, { hint: 'End it with: export default defineConfig({ … })' });
  }
  return { config: validateConfig(module.default, file), file, root: dirname(file), modified };
}

/** Milliseconds; undefined where there is no file. */
export const modifiedAt = (file: string): Promise<number | undefined> => stat(file).then((found) => found.mtimeMs, () => undefined);
