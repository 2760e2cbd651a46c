import { isFault, type Fault } from '@beamline/core';
import { bundle, type BuiltRelease, type BundleContext, type BundleOptions } from './bundle.ts';

/** One build of `watch`: what it came to, and why there was one. */
export type WatchedBuild = {
  /** Absolute paths that changed; none for the first. */
  changed: readonly string[];
  ms: number;
} & ({ ok: true; built: BuiltRelease } | { ok: false; fault: Fault });

/** Errors of the sources are part of what is watched: the next change may mend them. Anything else ends it. */
export async function* watchBundles(context: BundleContext, options: BundleOptions, signal: AbortSignal): AsyncGenerator<WatchedBuild> {
  const bundler = await context.bundler();
  let changed: readonly string[] = [];
  while (!signal.aborted) {
    const start = context.clock.now();
    const result = await bundle(context, options).then((built) => ({ ok: true as const, built }), (fault: unknown) => {
      if (!isFault(fault)) throw fault;
      return { ok: false as const, fault };
    });
    yield { ...result, changed, ms: context.clock.now() - start };
    changed = await bundler.changed(signal);
  }
}
