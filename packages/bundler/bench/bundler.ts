import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createVm } from '@beamline/vm';
import ts from 'typescript';
import * as tstl from 'typescript-to-lua';
import { buildLuaProgram } from '../src/build-lua.ts';

const here = import.meta.dirname;

/** Time of hot loops with budget and guards, ours divided by TypeScriptToLua's plain output. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
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
    const [ours, theirs] = [await runMs(code, name, quick), await runMs(plain, name, quick)];
    if (ours.result !== theirs.result) throw new Error(`${name}: ours gives ${ours.result}, TypeScriptToLua ${theirs.result}`);
    figures[`${name}VsTstl`] = Math.round((ours.ms / theirs.ms) * 1000) / 1000;
  }
  return figures;
}

async function runMs(code: string, name: string, quick: boolean): Promise<{ ms: number; result: unknown }> {
  const vm = await createVm({ code, profile: 'lua5.3' });
  try {
    const times: number[] = [];
    let result: unknown;
    for (let round = 0; round < (quick ? 5 : 15); round += 1) {
      const start = performance.now();
      result = await vm.call(name);
      times.push(performance.now() - start);
    }
    return { ms: times.sort((a, b) => a - b)[times.length >> 1] ?? 0, result };
  } finally {
    await vm.close();
  }
}
