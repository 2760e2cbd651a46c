import { isFault, type Fault } from '@beamline/core';
import type { BeamlineConfig } from './config.ts';
import { loadConfig, modifiedAt, type LoadedConfig } from './load-config.ts';
import { bundle, type BuiltRelease, type BundleContext, type BundleOptions } from './bundle.ts';

/** One build of `watch`: what it came to, and why there was one. */
export type WatchedBuild = {
  /** Absolute paths that changed; none for the first. */
  changed: readonly string[];
  ms: number;
} & ({ ok: true; built: BuiltRelease } | { ok: false; fault: Fault });

/** Watches the config as well, if it came from a file. */
export interface WatchContext extends BundleContext {
  source?: Pick<LoadedConfig, 'file' | 'modified'>;
}

/**
 * Errors of the sources, and of the config's file, are part of what is watched: the next change may mend them. Anything else
 * ends it. Of a config that has changed, builds take everything; environments stay as they were opened.
 */
export async function* watchBundles(context: WatchContext, options: BundleOptions, signal: AbortSignal, load: (file: string) => Promise<Pick<LoadedConfig, 'config' | 'modified'>> = loadConfig): AsyncGenerator<WatchedBuild> {
  const bundler = await context.bundler();
  const { source } = context;
  const file = source?.file;
  let loaded: { config: BeamlineConfig; modified: number | undefined } = { config: context.config, modified: source?.modified };
  let changed: readonly string[] = [];
  while (!signal.aborted) {
    const start = context.clock.now();
    const result = await attempt(async () => {
      if (file !== undefined && (await modifiedAt(file)) !== loaded.modified) loaded = await load(file);
      return bundle({ ...context, config: loaded.config }, options);
    });
    yield { ...result, changed, ms: context.clock.now() - start };
    const early = new AbortController();
    const waiting = bundler.changed(AbortSignal.any([signal, early.signal]), file === undefined ? [] : [file]);
    // What changed in the config during the build came before the watching.
    const missed = file !== undefined && result.ok && (await modifiedAt(file)) !== loaded.modified;
    if (missed) early.abort();
    changed = missed ? [...new Set([file, ...await waiting])] : await waiting;
  }
}

async function attempt(build: () => Promise<BuiltRelease>): Promise<{ ok: true; built: BuiltRelease } | { ok: false; fault: Fault }> {
  try {
    return { ok: true, built: await build() };
  } catch (fault) {
    if (!isFault(fault)) throw fault;
    return { ok: false, fault };
  }
}
