import { minify as terser } from 'terser';
import { finishBundle } from './assemble.ts';
import type { BuildInput } from './build-lua.ts';
import type { Bundle } from './bundle.ts';
import { shakeModules } from './shake.ts';
import { createModuleResolver } from './module-resolver.ts';
import { entryBeside } from './role-entry.ts';

/** Functions of TypeScript are no constructors; those of JavaScript may be, by a prototype that they do not mention. */
function canBeArrows(code: string, modules: Bundle['modules']): boolean {
  return modules.every(({ path }) => /\.(?:[mc]?tsx?|json)$/.test(path)) && !/\bprototype\b/.test(code);
}

/** A role's ES module for simulation, rehearsal and clients: exports `compute` and `role`. */
export async function buildJavaScript({ role, entry, root, minify, define, layoutHash, resolver = createModuleResolver('js') }: BuildInput): Promise<Bundle> {
  const main = entryBeside(entry, 'js');
  const virtual = new Map([[main, `import role from ${JSON.stringify(entry)};
import { createProcess } from '@beamline/kernel';
export { role };
export const compute = createProcess(role, { layout: ${JSON.stringify(layoutHash)} });
`]]);
  const { code, map, modules } = await shakeModules({ entry: main, root, resolver, virtual, define });
  if (!minify) return finishBundle(role, 'js', code, map, modules, []);
  const small = await terser(code, {
    module: true, ecma: 2020, compress: { passes: 3, unsafe_arrows: canBeArrows(code, modules) }, sourceMap: { content: map, filename: `${role}.mjs` },
  });
  return finishBundle(role, 'js', small.code ?? '', `${String(small.map)}\n`, modules, []);
}
