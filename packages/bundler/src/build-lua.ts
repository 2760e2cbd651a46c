import { assembleLua, finishBundle, moduleSizes, sourceMapOf } from './assemble.ts';
import type { Bundle } from './bundle.ts';
import { compileLua } from './compile-lua.ts';
import type { WarmProgram } from './checked-program.ts';
import { compileTypeScript } from './compile-ts.ts';
import { describeFinding } from './finding.ts';
import type { LintMode } from './lint/lint-live.ts';
import { createModuleResolver, type ModuleResolver } from './module-resolver.ts';
import { linkMemory } from './link-memory.ts';
import { createSources } from './origins.ts';
import { entryBeside } from './role-entry.ts';

export interface BuildInput {
  role: string;
  /** Absolute. */
  entry: string;
  root: string;
  minify: boolean;
  define: Readonly<Record<string, string>>;
  layoutHash: string;
  /** `false`: every module and statement reached by an import, under its own name; only what cannot be compiled is left out. @default true */
  shrink?: boolean;
  /** @default 'off' */
  lint?: LintMode;
  /** @default a new one */
  resolver?: ModuleResolver;
  /** What the build before left. @default nothing */
  warm?: WarmProgram;
  /** Hears the text of a bundle while it is still measured. Not where it is the same as before. */
  onCode?: (code: string) => void;
}

/** It works through what one message, or its own bounded lists, hold; the world's size bounds its operations. */
const KERNEL = /^@beamline\/kernel\/src\//;

/** A role's Lua: its module, the kernel and what they need, defining the global `compute`. */
export async function buildLua({ layoutHash, ...input }: BuildInput): Promise<Bundle> {
  const start = input.entry.endsWith('.lua')
    ? `compute = require("@beamline/kernel").createProcess(require(${JSON.stringify(input.entry)}), { layout = ${JSON.stringify(layoutHash)} })\n`
    : `import role from ${JSON.stringify(input.entry)};
import { createProcess } from '@beamline/kernel';
declare let compute: ReturnType<typeof createProcess>;
compute = createProcess(role, { layout: ${JSON.stringify(layoutHash)} });
`;
  return buildLuaProgram(input, start);
}

/** Compiles the module `start`, as if it stood beside the role's, and everything that it imports or requires. */
export async function buildLuaProgram({ role, entry, root, minify, define, shrink = true, lint = 'off', resolver = createModuleResolver('lua'), warm, onCode }: Omit<BuildInput, 'layoutHash'>, start: string): Promise<Bundle> {
  const sources = createSources(warm && (warm.linked ??= linkMemory()).numbers);
  const common = { root, resolver, define, sources, shrink, lint, ...(warm && { warm }) };
  const isLua = entry.endsWith('.lua');
  const main = entryBeside(entry, 'lua', isLua ? '.lua' : '.ts');
  const compilation = isLua ? undefined : compileTypeScript({ ...common, entry: main, virtual: new Map([[main, start]]) });
  // The same program gives the same bundle: an edit of what it does not hold costs no linking.
  const said = compilation?.messages(entry);
  if (warm?.bundle && compilation && warm.bundle.key === compilation.key) return { ...copied(warm.bundle.value), ...(said && { messages: said }) };
  const { modules, shared, warnings, messages = said } = compilation?.link() ?? compileLua({ ...common, entry: main, main: start });
  const printed = assembleLua({ modules, shared: shared.all(), minify, shrink, isBounded: ({ source }) => KERNEL.test(sources.name(source)), ...(warm?.linked && { steps: warm.linked.steps }) });
  const code = resolver.plugged.renderLua(printed.code, role);
  onCode?.(code);
  const map = sourceMapOf(`${role}.lua`, printed, sources);
  const finished = finishBundle(role, 'lua', code, map, moduleSizes(printed, sources), warnings.map(describeFinding));
  const bundle: Bundle = { ...finished, ...(messages && { messages }) };
  if (warm && compilation) warm.bundle = { key: compilation.key, value: copied(bundle) };
  return bundle;
}

const copied = (bundle: Bundle): Bundle => ({ ...bundle, warnings: [...bundle.warnings] });
