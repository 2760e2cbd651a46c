import { layoutHash, type Layout } from '@beamline/ecs';
import type { BuildCache, CachedRole } from './build-cache.ts';
import { buildTarget } from './build-role.ts';
import type { Bundle } from './bundle.ts';
import type { LoadLua } from './check-loading.ts';
import type { SharedSources, WarmProgram } from './checked-program.ts';
import { createDescriber, describedBy, type DescribedRole, type Describer } from './describe-role.ts';
import { inputAt, type FileChange, type Files, type FilesView } from './files.ts';
import type { LintMode } from './lint/lint-live.ts';
import type { Plugin } from './plugin.ts';
import { createModuleResolver, type ModuleResolver, type Target } from './module-resolver.ts';

export interface RoleOptions {
  role: string;
  /** Absolute. */
  entry: string;
  root: string;
  minify: boolean;
  define: Readonly<Record<string, string>>;
  lint: LintMode;
  plugins: readonly Plugin[];
}

/** What the roles of one bundler share. */
export interface Shared {
  files: Files;
  /** Of the Lua targets. */
  sources: SharedSources;
  load: LoadLua;
  cache: BuildCache | undefined;
}

/** Builds one role again and again; what its sources did not change is there already. */
export interface RoleBuilder {
  describe(): Promise<DescribedRole>;
  build(target: Target, layout: Layout): Promise<Bundle>;
  /** Forgets what rests on files that have changed. */
  refresh(changes: readonly FileChange[]): void;
  /** Every path that was read or looked for. */
  paths(): readonly string[];
  /** Keeps what was built for the next program. */
  save(): Promise<void>;
  close(): Promise<void>;
}

/** Something built, with the files that it rests on. */
interface Product<T> {
  files: FilesView;
  resolver: ModuleResolver;
  value?: T | undefined;
}

export function createRoleBuilder(options: RoleOptions, { files, sources, load, cache }: Shared): RoleBuilder {
  const { entry, root, plugins } = options;
  const product = <T>(target: Target): Product<T> => {
    const view = files.view();
    return { files: view, resolver: createModuleResolver(target, { files: view, plugins, root }) };
  };
  let described = product<DescribedRole>(describedBy(entry));
  let describer: Describer | undefined;
  let warm: WarmProgram = { shared: sources };
  const bundles = { lua: product<Cached>('lua'), js: product<Cached>('js') };
  let layoutBefore: Layout | undefined;
  let ahead: { layoutHash: string; bundle: Promise<Bundle> } | undefined;
  let looked = false;
  let saved = true;

  /** What an earlier program kept, where its sources are as they are now. */
  const recall = async (): Promise<void> => {
    if (looked) return;
    looked = true;
    const found = await cache?.read(options);
    if (!found) return;
    if (isCurrent(found.described, described.files)) described.value = found.described.value;
    for (const target of ['lua', 'js'] as const) {
      const kept = found.bundles[target];
      if (kept && isCurrent(kept, bundles[target].files)) bundles[target].value = kept.value;
    }
  };

  const start = (target: Target, layout: Layout) => ({
    layoutHash: layoutHash(layout),
    bundle: buildTarget({ ...options, target, layout, resolver: bundles[target].resolver, ...(target === 'lua' && { warm }) }, load),
  });

  return {
    async describe() {
      await recall();
      if (described.value) return described.value;
      describer ??= createDescriber(options, described.resolver);
      const answer = describer.describe(); // by another process and a thread: meanwhile, most edits leave the layout as it is
      if (layoutBefore && !bundles.lua.value) ahead = start('lua', layoutBefore);
      ahead?.bundle.catch(() => undefined); // said when somebody asks for it
      described.value = await answer;
      saved = false;
      return described.value;
    },
    async build(target, layout) {
      await recall();
      const kept = bundles[target];
      const hash = layoutHash(layout);
      if (kept.value?.layoutHash === hash) return kept.value.bundle;
      const begun = target === 'lua' && ahead?.layoutHash === hash ? ahead : start(target, layout);
      if (target === 'lua') [ahead, layoutBefore] = [undefined, layout];
      const bundle = await begun.bundle;
      kept.value = { layoutHash: hash, bundle };
      saved = false;
      return bundle;
    },
    refresh(changes) {
      ahead = undefined;
      const touches = (each: Product<unknown>) => {
        const paths = new Set(each.files.paths());
        return changes.filter(({ path }) => paths.has(path));
      };
      const stale = touches(described);
      if (stale.length > 0) described.value = undefined;
      if (stale.some(({ moves }) => moves)) {
        void describer?.close();
        describer = undefined;
        described = product(describedBy(entry));
      }
      for (const target of ['lua', 'js'] as const) {
        const found = touches(bundles[target]);
        if (found.length > 0) bundles[target].value = undefined;
        if (!found.some(({ moves }) => moves)) continue;
        bundles[target] = product(target);
        if (target !== 'lua') continue;
        warm = { shared: sources };
        sources.facts.clear(); // found with the modules that imports led to before
      }
    },
    paths: () => [...new Set([described, bundles.lua, bundles.js].flatMap(({ files: { paths } }) => paths()))],
    async save() {
      if (saved || !described.value || !cache) return;
      saved = true;
      const record: CachedRole = { described: kept(described, described.value), bundles: {} };
      for (const target of ['lua', 'js'] as const) if (bundles[target].value) record.bundles[target] = kept(bundles[target], bundles[target].value);
      await cache.write(options, record);
    },
    close: async () => describer?.close(),
  };
}

export interface Cached {
  layoutHash: string;
  bundle: Bundle;
}

/** A value with what it rests on: by path the SHA-256 of a file, or what else was there. */
export interface Kept<T> {
  inputs: Readonly<Record<string, string>>;
  value: T;
}

function kept<T>({ files }: Product<T>, value: T): Kept<T> {
  return { inputs: Object.fromEntries(files.paths().map((path) => [path, inputAt(files, path)])), value };
}

function isCurrent({ inputs }: Kept<unknown>, files: FilesView): boolean {
  // Every path is looked at, so that all of them are watched.
  return Object.entries(inputs).map(([path, input]) => inputAt(files, path) === input).every(Boolean);
}
