import { resolve } from 'node:path';
import { canonicalJson } from '@beamline/ecs';
import { createVmPool } from '@beamline/vm';
import { createBuildCache } from './build-cache.ts';
import { assembleRelease, type ReleaseBuild, type ReleaseSource } from './build-release.ts';
import { sharedSources, type SharedSources } from './checked-program.ts';
import { createFiles } from './files.ts';
import { isLasting, pluginsKey } from './plugin.ts';
import { nextChange } from './watch-paths.ts';
import { createRoleBuilder, type RoleBuilder, type RoleOptions } from './role-builder.ts';

export interface BundlerOptions {
  /** Folder in which built roles are kept for the next program. @default none are */
  cacheDir?: string;
}

/** Builds releases again and again, and only what has changed since. Its builds give the bytes that a first build gives. */
export interface Bundler {
  /** Roles whose sources did not change are not built. Faults as `buildRelease`; the build after it starts where this one stopped. */
  buildRelease(source: ReleaseSource): Promise<ReleaseBuild>;
  /** Resolves to the paths, of those that builds read or looked for, and of `also`, where something has changed since the last build; to none when aborted. */
  changed(signal: AbortSignal, also?: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

export function createBundler({ cacheDir }: BundlerOptions = {}): Bundler {
  const files = createFiles();
  /** By the constants, the lint and the plugins that they were compiled with. */
  const sources = new Map<string, SharedSources>();
  const pool = createVmPool({ threads: 1 });
  const builders = new Map<string, RoleBuilder>();
  let damaged: string[] = [];
  const cache = cacheDir === undefined ? undefined : createBuildCache({ dir: cacheDir, onDamage: (file) => damaged.push(file) });
  const builderOf = (options: RoleOptions): RoleBuilder => {
    const plugins = pluginsKey(options.plugins);
    const key = canonicalJson({ ...options, plugins });
    const compiled = canonicalJson({ define: options.define, lint: options.lint, root: options.root, plugins });
    const shared = sources.get(compiled) ?? sharedSources();
    sources.set(compiled, shared);
    const builder = builders.get(key) ?? createRoleBuilder(options, { files, sources: shared, load: pool.open, cache: isLasting(options.plugins) ? cache : undefined });
    builders.set(key, builder);
    return builder;
  };
  return {
    async buildRelease(source) {
      damaged = [];
      const changes = files.changes();
      for (const each of sources.values()) each.generation += 1;
      for (const builder of builders.values()) builder.refresh(changes);
      const build = await assembleRelease(source, builderOf);
      await Promise.all([...builders.values()].map((builder) => builder.save()));
      return { ...build, warnings: [...damaged.map((file) => `${file} was not what was written there: built anew`), ...build.warnings] };
    },
    async changed(signal, also = []) {
      const paths = [...new Set([...builders.values()].flatMap((builder) => builder.paths()))];
      // What changed during the build came before the watching.
      const stop = new AbortController();
      const waiting = nextChange([...paths, ...also], AbortSignal.any([signal, stop.signal]));
      const early = files.stale(paths);
      if (early.length > 0) stop.abort();
      return [...early, ...await waiting];
    },
    async close() {
      await Promise.all([pool.close(), ...[...builders.values()].map((builder) => builder.close())]);
    },
  };
}

/** Builds every role, in the order given, with ids from the lock. Faults as `buildRole` does; nothing is written. */
export async function buildRelease(source: ReleaseSource): Promise<ReleaseBuild> {
  const bundler = createBundler();
  try {
    return await bundler.buildRelease({ ...source, root: resolve(source.root) });
  } finally {
    await bundler.close();
  }
}
