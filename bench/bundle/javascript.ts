import { build, transform } from 'esbuild';
import { rolldown } from 'rolldown';
import { rollup, type Plugin } from 'rollup';
import { minify } from 'terser';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRole, describeRole } from '@beamline/bundler';
import { layoutHash } from '@beamline/ecs';
import { filesOf, withSynthetic } from './with-synthetic.ts';
import { createModuleResolver } from '../../packages/bundler/src/module-resolver.ts';

const conditions = ['@beamline/source'];

/** The synthetic project's role as JavaScript: ours against what others make of the same modules, set for fewest bytes. */
export function measureJavaScript(quick: boolean): Promise<Record<string, number>> {
  return withSynthetic(filesOf(quick), async ({ roles, root }) => {
    const entry = roles.world;
    const ours = (await buildRole({ role: 'world', entry, root, target: 'js' })).bytes;
    const { layout } = await describeRole({ role: 'world', entry, root, define: {} });
    const main = join(root, 'main.ts');
    await writeFile(main, `import role from ${JSON.stringify(entry)};
import { createProcess } from '@beamline/kernel';
export { role };
export const compute = createProcess(role, { layout: ${JSON.stringify(layoutHash(layout))} });
`);
    return {
      jsVsRollupTerser: ours / await rollupTerser(main),
      jsVsEsbuild: ours / await esbuild(main),
      jsVsRolldown: ours / await rolldownBytes(main),
    };
  });
}

async function rollupTerser(input: string): Promise<number> {
  const resolver = createModuleResolver('js');
  const typescript: Plugin = {
    name: 'typescript',
    resolveId: (specifier, importer) => (importer === undefined ? specifier : resolver.resolve(specifier, importer) ?? null),
    load: (id) => readFile(id, 'utf8'),
    transform: async (code) => (await transform(code, { loader: 'ts', target: 'esnext' })).code,
  };
  const bundle = await rollup({ input, plugins: [typescript], treeshake: { preset: 'smallest' } });
  const { output: [{ code }] } = await bundle.generate({ format: 'es' });
  const small = await minify(code, { module: true, ecma: 2020, toplevel: true, compress: { passes: 3 } });
  return Buffer.byteLength(small.code ?? '');
}

async function esbuild(input: string): Promise<number> {
  const { outputFiles } = await build({ entryPoints: [input], bundle: true, minify: true, treeShaking: true, format: 'esm', target: 'es2022', conditions, write: false });
  return outputFiles[0]?.contents.length ?? 0;
}

async function rolldownBytes(input: string): Promise<number> {
  const bundle = await rolldown({ input, resolve: { conditionNames: conditions }, treeshake: true });
  const { output: [{ code }] } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  return Buffer.byteLength(code);
}
