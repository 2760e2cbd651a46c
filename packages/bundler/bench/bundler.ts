import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createVm } from '@beamline/vm';
import ts from 'typescript';
import * as tstl from 'typescript-to-lua';
import { buildRole } from '../src/index.ts';
import { buildLuaProgram } from '../src/build-lua.ts';
import { writeSyntheticProject } from './synthetic-project.ts';

const here = import.meta.dirname;
const work = join(here, '../dist/bench');

/** Sizes in bytes and times in ms; `…Vs…` is ours divided by TypeScriptToLua's `luaBundle` on the same sources. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const entry = await writeSyntheticProject(work, quick ? 60 : 303);
  try {
    const theirs = await timed(async () => luaBundle(entry));
    const readable = await timed(() => compile(entry, false));
    const small = await timed(() => compile(entry, true));
    const fixtures = join(here, '../test/fixtures');
    const role = await timed(() => buildRole({ role: 'world', entry: join(fixtures, 'world/world.ts'), root: fixtures, target: 'lua' }));
    const js = await buildRole({ role: 'world', entry: join(fixtures, 'world/world.ts'), root: fixtures, target: 'js' });
    const [ours, plain] = [await runMs(small.value, 'start'), await runMs(theirs.value, 'start')];
    if (ours.result !== plain.result) throw new Error(`ours gives ${ours.result}, luaBundle ${plain.result}`);
    const guards = await guardCost();
    return {
      syntheticLuaBundleBytes: theirs.value.length,
      syntheticReadableBytes: readable.value.length,
      syntheticLuaBytes: small.value.length,
      syntheticGzipBytes: gzipSync(small.value).length,
      syntheticVsTstlLuaBundle: round(small.value.length / theirs.value.length),
      syntheticBuildMs: Math.round(small.ms),
      syntheticBuildVsTstl: round(small.ms / theirs.ms),
      ...guards,
      worldFixtureLuaBytes: role.value.bytes,
      worldFixtureGzipBytes: role.value.gzipBytes,
      worldFixtureJsBytes: js.bytes,
      worldFixtureBuildMs: Math.round(role.ms),
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function compile(entry: string, minify: boolean): Promise<string> {
  const start = `import { run } from ${JSON.stringify(entry)};
declare let start: () => string;
declare let compute: (base: object) => object;
start = () => run();
compute = (base) => base;
`;
  return (await buildLuaProgram({ role: 'synthetic', entry, root: work, minify, define: {} }, start)).code;
}

/** What a project gets from TypeScriptToLua alone. */
async function luaBundle(entry: string): Promise<string> {
  const out = join(work, 'out');
  const { diagnostics } = tstl.transpileFiles([entry], {
    target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2024.d.ts'], types: [], strict: true, skipLibCheck: true, rewriteRelativeImportExtensions: true, noCheck: true,
    luaTarget: tstl.LuaTarget.Lua53, luaBundle: 'bundle.lua', luaBundleEntry: entry, noImplicitSelf: true, outDir: out, rootDir: work,
  } as tstl.CompilerOptions);
  const failed = diagnostics.find(({ category }) => category === ts.DiagnosticCategory.Error);
  if (failed) throw new Error(ts.flattenDiagnosticMessageText(failed.messageText, ' '));
  const code = await readFile(join(out, 'bundle.lua'), 'utf8');
  return `local function load(...)\n${code.replaceAll('.ts"', '"')}\nend\nlocal module = load()\nfunction start() return module.run() end\nfunction compute(base) return base end\n`;
}

/** Time of hot loops with budget and guards, ours divided by TypeScriptToLua's plain output. */
async function guardCost(): Promise<Record<string, number>> {
  const entry = join(here, 'hot-loops.ts');
  const names = ['columns', 'filtered', 'divides', 'whiles', 'recursion'];
  const start = `import * as hot from ${JSON.stringify(entry)};
${names.map((name) => `declare let ${name}: () => string;\n${name} = () => hot.${name}();`).join('\n')}
declare let compute: (base: object) => object;
compute = (base) => base;
`;
  const { code } = await buildLuaProgram({ role: 'hot', entry, root: here, minify: true, define: {} }, start);
  const { file } = tstl.transpileString(await readFile(entry, 'utf8'), {
    target: ts.ScriptTarget.ESNext, lib: ['lib.es2024.d.ts'], luaTarget: tstl.LuaTarget.Lua53, noImplicitSelf: true, luaLibImport: tstl.LuaLibImportKind.Inline,
  });
  const plain = `local function load(...)\n${file?.lua ?? ''}\nend\nlocal hot = load()\n${names.map((name) => `${name} = hot.${name}`).join('\n')}\nfunction compute(base) return base end\n`;
  const figures: Record<string, number> = {};
  for (const name of names) {
    const [ours, theirs] = [await runMs(code, name), await runMs(plain, name)];
    if (ours.result !== theirs.result) throw new Error(`${name}: ours gives ${ours.result}, TypeScriptToLua ${theirs.result}`);
    figures[`${name}VsTstl`] = round(ours.ms / theirs.ms);
  }
  return figures;
}

async function runMs(code: string, name: string): Promise<{ ms: number; result: unknown }> {
  const vm = await createVm({ code, profile: 'lua5.3' });
  try {
    const times: number[] = [];
    let result: unknown;
    for (let round = 0; round < 15; round += 1) {
      const { ms, value } = await timed(() => vm.call(name));
      times.push(ms);
      result = value;
    }
    return { ms: times.sort((a, b) => a - b)[7] ?? 0, result };
  } finally {
    await vm.close();
  }
}

async function timed<T>(action: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const start = performance.now();
  const value = await action();
  return { value, ms: performance.now() - start };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
