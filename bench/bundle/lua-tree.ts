import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleLua } from '@beamline/bundler';
import { createVm } from '@beamline/vm';
import { bundle as luabundle } from 'luabundle';
import { writeLuaTree, type LuaTreeProject } from '../../packages/bundler/bench/lua-tree-project.ts';

const luamin = createRequire(import.meta.url)('luamin') as { minify(code: string): string };

/** A tree of 50 Lua modules, bundled by ours and by luabundle with luamin; both answer the same messages alike. */
export async function measureLuaTree(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'beamline-lua-tree-'));
  try {
    const project = await writeLuaTree(folder);
    const { bytes, code } = await bundleLua({ entry: project.entry, root: folder, target: 'lua' });
    const theirs = luamin.minify(luabundle(project.entry, { luaVersion: '5.3', paths: [join(folder, '?.lua')], expressionHandler: () => null }));
    const [own, other] = [await answers(code, project), await answers(theirs, project)];
    const at = own.findIndex((answer, index) => answer !== other[index]);
    if (at >= 0) throw new Error(`message ${at} (${JSON.stringify(project.messages[at])}): ours answers ${own[at]}, theirs ${other[at]}`);
    return { luaTreeLines: project.lines, luaTreeBytes: bytes, luaTreeVsLuabundleLuamin: bytes / Buffer.byteLength(theirs) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function answers(code: string, { messages }: LuaTreeProject): Promise<string[]> {
  const vm = await createVm({ profile: 'lua5.3', code: `(function(...) ${code}\nend)()\nfunction compute(base) return base end` });
  try {
    const list: string[] = [];
    for (const message of messages) list.push(String(await vm.call('handle', message)));
    return list;
  } finally {
    await vm.close();
  }
}
