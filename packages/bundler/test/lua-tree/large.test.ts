import { expect, it } from '@jest/globals';
import { bundleTree, runProgram, type Files } from './run-tree.ts';

const each = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** Each module requires the next, after an effect of its own. */
const chain: Files = {
  'main.lua': 'total = 0 local first = require("m0") say(first.depth, total)',
  ...Object.fromEntries(each(300, (i) => [
    `m${i}.lua`, i === 299 ? 'total = total + 1 return { depth = 1 }' : `total = total + 1 local next = require("m${i + 1}") return { depth = next.depth + 1, idle = function() return "IDLE" end }`,
  ])),
};

it('loads 300 modules that require one another in a row, deeper than Lua\'s own require could', async () => {
  for (const [target, minify] of [['lua', true], ['lua', false], ['aos', true]] as const) {
    expect(await runProgram(await bundleTree(chain, { target, minify }))).toBe('300 300');
  }
});

const wide: Files = {
  'main.lua': `${each(230, (i) => `local m${i} = require("wide.m${i}")`).join('\n')}
local function sum(n) return ${each(230, (i) => `m${i}.add(n)`).join(' + ')} end
say(sum(1))`,
  ...Object.fromEntries(each(230, (i) => [`wide/m${i}.lua`, `local M = {} function M.add(n) return n + ${i} end function M.idle${i}() return "IDLE" end return M`])),
};

it('links 230 requires in one function, beyond Lua\'s 200 locals and near its 255 captured variables', async () => {
  for (const [target, minify] of [['lua', true], ['lua', false], ['aos', true]] as const) {
    const code = await bundleTree(wide, { target, minify });
    expect(await runProgram(code)).toBe(String(230 + (229 * 230) / 2));
    if (target === 'lua') expect(code).not.toContain('IDLE');
    // A function of two additions a module, its name, and the call of it.
    if (target === 'lua' && minify) expect(code.length).toBeLessThan(230 * 48);
  }
});

it('keeps 300 locals in one module within Lua\'s limits', async () => {
  const files: Files = {
    'main.lua': 'say(require("many").total())',
    'many.lua': `${each(300, (i) => `local v${i} = tonumber("${i}")`).join('\n')}\nlocal M = {}\nfunction M.total() return ${each(300, (i) => `v${i}`).join(' + ')} end\nreturn M`,
  };
  for (const target of ['lua', 'aos'] as const) expect(await runProgram(await bundleTree(files, { target }))).toBe(String((299 * 300) / 2));
});

it('carries nothing of 300 modules but the one function that is called', async () => {
  const files: Files = {
    'main.lua': 'local all = require("all") say(all.m7.name())',
    'all.lua': `return { ${each(300, (i) => `m${i} = require("m${i}")`).join(', ')} }`,
    ...Object.fromEntries(each(300, (i) => [`m${i}.lua`, `local M = {} function M.name() return "NAME${i}." end return M`])),
  };
  const code = await bundleTree(files);
  expect(await runProgram(code)).toBe('NAME7.');
  expect(code.match(/NAME\d+/g)).toEqual(['NAME7']);
  expect(code.length).toBeLessThan(80);
});
