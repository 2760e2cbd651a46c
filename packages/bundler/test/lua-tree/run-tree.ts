import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { bundleLua, type LuaTree } from '../../src/build-lua-tree.ts';
import { createVm, type LuaProfile } from '@beamline/vm';

export type Files = Record<string, string>;

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

export async function project(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'beamline-tree-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** Bundles `main.lua`. */
export async function bundleTree(files: Files, options: Partial<LuaTree> = {}): Promise<string> {
  const { code } = await bundleLua({ entry: 'main.lua', root: await project(files), ...options });
  return code;
}

/** `say(…)` of the program, in order, or the error that it ended with; then what `after` says. */
export async function runProgram(code: string, { after = '', before = '', profile = 'lua5.3' as LuaProfile } = {}): Promise<string> {
  const vm = await createVm({
    profile,
    code: `
local said = {}
function say(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  said[#said + 1] = table.concat(parts, " ")
end
${before}
local function program(...)
${code}
end
function run()
  local fine, problem = pcall(program)
  if not fine then say("error: " .. tostring(problem):gsub("^[^:]*:%d+: ", "")) end
  ${after}
  return table.concat(said, "|")
end
function compute(base) return base end`,
  });
  try {
    return String(await vm.call('run'));
  } finally {
    await vm.close();
  }
}

/** What Lua itself makes of the sources: each file under its dotted name in `package.preload`. */
export function withoutBundler(files: Files): { before: string; code: string } {
  const preload = Object.entries(files).filter(([name]) => name.endsWith('.lua') && name !== 'main.lua').map(([name, text]) => {
    const module = name.replace(/(\/init)?\.lua$/, '').replaceAll('/', '.');
    return `package.preload[${JSON.stringify(module)}] = function(...)\n${text}\nend\n`;
  });
  return { before: preload.join(''), code: files['main.lua'] ?? '' };
}
