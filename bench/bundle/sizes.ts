import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createVm } from '@beamline/vm';
import { buildRole } from '@beamline/bundler';
import { buildLuaProgram } from '../../packages/bundler/src/build-lua.ts';
import { luaBundle } from './lua-bundle.ts';
import { filesOf, withSynthetic } from './with-synthetic.ts';

const arena = join(import.meta.dirname, '../../apps/arena');

const EMPTY = `import { defineRole } from '@beamline/kernel';
export default defineRole({ name: 'empty', components: [] });
`;

/** Bytes of Lua bundles, and of the synthetic project against TypeScriptToLua's `luaBundle`; both are run and must agree. */
export function measureSizes(quick: boolean): Promise<Record<string, number>> {
  return withSynthetic(filesOf(quick), async ({ entry, root }) => {
    const bytesOf = async (role: string) => (await buildRole({ role, entry: `src/v2/${role}.ts`, root: arena, target: 'lua' })).bytes;
    await mkdir(join(root, 'empty'));
    await writeFile(join(root, 'empty/role.ts'), EMPTY);
    const empty = await buildRole({ role: 'empty', entry: 'empty/role.ts', root, target: 'lua' });
    const ours = (await buildLuaProgram({ role: 'synthetic', entry, root, minify: true, define: {} }, startOf(entry))).code;
    const theirs = await luaBundle(entry, root);
    const [mine, plain] = [await play(ours), await play(theirs)];
    if (mine !== plain) throw new Error(`ours plays to ${mine}, luaBundle to ${plain}`);
    return {
      worldLuaBytes: await bytesOf('world'),
      battleLuaBytes: await bytesOf('battle'),
      emptyRoleLuaBytes: empty.bytes,
      syntheticLuaBytes: Buffer.byteLength(ours),
      syntheticVsTstlLuaBundle: Buffer.byteLength(ours) / Buffer.byteLength(theirs),
    };
  });
}

/** The module that both compilers start from. */
export const startOf = (entry: string): string => `import { run } from ${JSON.stringify(entry)};
declare let start: () => string;
declare let compute: (base: object) => object;
start = () => run();
compute = (base) => base;
`;

async function play(code: string): Promise<unknown> {
  const vm = await createVm({ code, profile: 'lua5.3' });
  try {
    return await vm.call('start');
  } finally {
    await vm.close();
  }
}
