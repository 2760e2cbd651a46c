import { createVm } from '@beamline/vm';
import { layoutHash, type Layout } from '@beamline/ecs';
import { Fault } from '@beamline/core';
import { resolve } from 'node:path';
import { buildJavaScript } from './build-js.ts';
import { buildLua, type BuildInput } from './build-lua.ts';
import { MAX_BYTES, WARN_BYTES, type Bundle } from './bundle.ts';
import { checkLoading, type LoadLua } from './check-loading.ts';
import { describeRole } from './describe-role.ts';
import type { LintMode } from './lint/lint-live.ts';
import { createModuleResolver, type Target } from './module-resolver.ts';
import type { Plugin } from './plugin.ts';

export interface RoleSource {
  role: string;
  /** The role's module: default export (TypeScript) or returned value (Lua). Relative to `root` or absolute. */
  entry: string;
  target: Target;
  /** The project's folder: paths in maps, manifests and messages are relative to it. */
  root: string;
  /** @default true */
  minify?: boolean;
  /**
   * `false`, of Lua: every statement that an import reaches, under its own name, as far as it can be compiled and loaded at
   * all. What shrinking is verified against. @default true
   */
  shrink?: boolean;
  /** Identifiers replaced by constants (JSON text), for `declare const DEBUG: boolean`. */
  define?: Readonly<Record<string, string>>;
  /**
   * What becomes of determinism findings in what the Lua bundle holds of the game's own package: warnings of the bundle, a
   * Fault with the code of the first, or nothing. @default 'warn'
   */
  lint?: LintMode;
  /** @default [] */
  plugins?: readonly Plugin[];
  /** The role's layout with its locked ids. @default what the sources say, with ids from 1; costs another shake */
  layout?: Layout;
}

/**
 * Builds one role for one target, whole or not at all. A Lua bundle has been checked against, and loaded in, the
 * `lua@5.3a` profile.
 *
 * @throws Fault `bundler/type-error`, `bundler/unsupported`, `bundler/syntax-error`, `bundler/unresolved-import`,
 * `bundler/dynamic-require`, `bundler/component-not-literal`, `bundler/layout-failed`, `bundler/over-budget`, `bundler/loops-at-load`, `bundler/load-failed`,
 * `bundler/lua-limit`, `bundler/plugin-failed`, `vm/forbidden`, with `lint: 'error'` `determinism/…`.
 */
export async function buildRole(source: RoleSource): Promise<Bundle> {
  const root = resolve(source.root);
  const input = { minify: true, define: {}, lint: 'warn' as const, ...source, root, entry: resolve(root, source.entry) };
  if (input.target === 'js' && input.entry.endsWith('.lua')) {
    throw new Fault('bundler/unsupported', `${source.entry} is Lua: it has no JavaScript bundle`, { hint: "Build it for the target 'lua' alone." });
  }
  const layout = source.layout ?? (await describeRole(input)).layout;
  return buildTarget({ ...input, layout, resolver: createModuleResolver(input.target, { plugins: source.plugins ?? [], root }) });
}

export interface TargetInput extends Omit<BuildInput, 'layoutHash'> {
  target: Target;
  layout: Layout;
}

/** One target of a role whose layout is known: built, within its limits, and loaded. */
export async function buildTarget({ target, layout, ...input }: TargetInput, load: LoadLua = createVm): Promise<Bundle> {
  if (target === 'lua') refuseFloats(layout);
  const build = { ...input, layoutHash: layoutHash(layout) };
  if (target === 'js') return within(await buildJavaScript(build));
  // What was not shrunk is compared with, never shipped.
  if (input.shrink === false) return buildLua(build);
  const ahead = loadAhead(load);
  try {
    const bundle = within(await buildLua({ ...build, onCode: (code) => ahead.start({ code, chunkName: `${input.role}.lua` }) }));
    await checkLoading(bundle, ahead.load);
    return bundle;
  } finally {
    ahead.drop();
  }
}

function within(bundle: Bundle): Bundle {
  if (bundle.bytes > MAX_BYTES) throw overBudget(bundle);
  if (bundle.bytes > WARN_BYTES) bundle.warnings.push(`${bundle.bytes} bytes: above ${WARN_BYTES}, free uploads and legacy schedulers refuse it`);
  return bundle;
}

/** Loads a program, in a thread of its own, before somebody asks for it. */
function loadAhead(load: LoadLua): { start: (program: LuaText) => void; load: LoadLua; drop: () => void } {
  let begun: { code: string; loading: ReturnType<LoadLua> } | undefined;
  return {
    start(program) {
      const loading = load(program);
      loading.catch(() => undefined); // said to whoever asks
      begun = { code: program.code, loading };
    },
    load(program) {
      if (begun?.code !== program.code) return load(program);
      const { loading } = begun;
      begun = undefined;
      return loading;
    },
    drop: () => void begun?.loading.then((vm) => vm.close(), () => undefined),
  };
}

type LuaText = Parameters<LoadLua>[0];

function refuseFloats(layout: Layout): void {
  for (const { name, fields } of layout.components) {
    const float = fields.find(({ type }) => type === 'f64');
    if (!float) continue;
    throw new Fault('bundler/unsupported', `${name}.${float.name} is f64, which Lua on AO neither computes nor prints like JavaScript`, {
      hint: 'Use fixed(16), or i53 with a unit of your own.',
    });
  }
}

function overBudget({ role, bytes, modules }: Bundle): Fault {
  const largest = modules.slice(0, 10).map(({ path, bytes: size }) => `  ${size} ${path}`).join('\n');
  return new Fault('bundler/over-budget', `${role}: ${bytes} bytes, ${bytes - MAX_BYTES} over the budget of ${MAX_BYTES}\n${largest}`, {
    hint: 'Split the role, or load large data tables by message.', details: { bytes, budget: MAX_BYTES, file: modules[0]?.path ?? '' },
  });
}
