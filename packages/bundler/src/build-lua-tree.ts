import { basename, resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { checkLua, createVm } from '@beamline/vm';
import { assembleLua, finishBundle, moduleSizes, sourceMapOf } from './assemble.ts';
import { MAX_BYTES, WARN_BYTES, type Bundle } from './bundle.ts';
import { compileLua } from './compile-lua.ts';
import { describeFinding } from './finding.ts';
import { foreignGlobals } from './lua-tree/foreign-globals.ts';
import type { LuaTreeTarget } from './lua-tree/host-modules.ts';
import { createModuleResolver, type ModuleResolver } from './module-resolver.ts';
import { createSources } from './origins.ts';
import type { Plugin } from './plugin.ts';
import { relativeTo } from './root-path.ts';

export interface LuaTree {
  /** The Lua file that runs when the bundle does, relative to `root` or absolute. */
  entry: string;
  /** The project's folder. */
  root: string;
  /** @default 'lua' */
  target?: LuaTreeTarget;
  /** @default true */
  minify?: boolean;
  /** Globals replaced by constants (JSON text). */
  define?: Readonly<Record<string, string>>;
  /**
   * Modules that `require` and `package.loaded` reach by name while the program runs, so that a live process can be
   * patched: names, or patterns with `*`. A name without `*` is bundled though nothing requires it.
   * @default ['*'] for `aos`, [] for `lua`
   */
  publish?: readonly string[];
  /** Names and patterns of modules that the process has by itself, beyond those of the target. */
  external?: readonly string[];
  /** @default [] */
  plugins?: readonly Plugin[];
}

/**
 * Bundles a tree of Lua modules, TypeScript that it requires included, as one chunk that does what the entry does and
 * returns what it returns. Nothing is guarded or added but the loader. For `aos` the chunk is both an Eval and data to
 * boot from; for `lua` it has been loaded in the `lua@5.3a` profile.
 *
 * @throws Fault `bundler/syntax-error`, `bundler/unresolved-import`, `bundler/dynamic-require`, `bundler/require-cycle`,
 * `bundler/over-budget`, `bundler/not-lua`, `bundler/plugin-failed`, those of the TypeScript, or the vm's.
 */
export async function bundleLua(tree: LuaTree): Promise<Bundle> {
  const { target = 'lua', minify = true, define = {}, publish = target === 'aos' ? ['*'] : [], external = [], plugins = [] } = tree;
  const root = resolve(tree.root);
  const entry = resolve(root, tree.entry);
  const resolver = createModuleResolver('lua', { plugins, root });
  const sources = createSources();
  const { modules, shared, warnings } = compileLua({
    entry, main: readEntry(entry, root, resolver), root, resolver, define, sources, host: target, external, publish,
  });
  const printed = assembleLua({ modules, shared: shared.all(), minify, guards: false });
  const name = basename(entry, '.lua');
  const bundle = finishBundle(name, 'lua', resolver.plugged.renderLua(printed.code, name), sourceMapOf(`${name}.lua`, printed, sources), moduleSizes(printed, sources), warnings.map(describeFinding));
  if (bundle.bytes > MAX_BYTES) throw new Fault('bundler/over-budget', `${name}: ${bundle.bytes} bytes, ${bundle.bytes - MAX_BYTES} over the budget of ${MAX_BYTES}`, { hint: 'Load large data by message.', details: { bytes: bundle.bytes, budget: MAX_BYTES } });
  if (bundle.bytes > WARN_BYTES) bundle.warnings.push(`${bundle.bytes} bytes: above ${WARN_BYTES}, free uploads and legacy schedulers refuse it`);
  if (target === 'lua') await load(bundle, foreignGlobals(bundle.code));
  return bundle;
}

function readEntry(entry: string, root: string, { files }: ModuleResolver): string {
  if (!entry.endsWith('.lua')) throw new Fault('bundler/not-lua', `${relativeTo(root, entry)} is not a .lua file`, { hint: 'A role in TypeScript is built by buildRole, from a config.' });
  const text = files.read(entry);
  if (text === undefined) throw new Fault('bundler/unresolved-import', `cannot read ${relativeTo(root, entry)}`, { hint: 'Check the path.' });
  return text;
}

/** Runs what is whole by itself; what needs something of its host's is parsed only, and a warning says so. */
async function load(bundle: Bundle, foreign: readonly string[]): Promise<void> {
  const { role, code } = bundle;
  checkLua(code, `${role}.lua`);
  if (foreign.length > 0) {
    bundle.warnings.push(`not loaded for a trial: it needs ${foreign.join(', ')} of its process`);
    return;
  }
  // A vm wants a program with `compute`; a library of functions is in order too.
  const vm = await createVm({ code: `(function(...) ${code}end)()\ncompute = compute or function(base) return base end`, chunkName: `${role}.lua` });
  await vm.close();
}
