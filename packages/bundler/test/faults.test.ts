import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { isFault } from '@beamline/core';
import { buildRole } from '../src/index.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

const role = (components: string, actions: string, more = '') => `import { component, f64, i32, type Field } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';
${more}
const Position = component('Position', ${components});
void f64;
void i32;
export default defineRole({ name: 'bad', components: [Position], actions: { ${actions} } });
type Keep = Field;
export type { Keep };
`;

/** Builds a project of one role and returns the Fault as plain data. */
async function faultOf(files: Record<string, string>, entry = 'role.ts') {
  const root = await mkdtemp(join(tmpdir(), 'beamline-faults-'));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
  try {
    await buildRole({ role: 'bad', entry, target: 'lua', root });
  } catch (error) {
    if (isFault(error)) return { code: error.code, message: error.message, hint: error.hint, details: error.details };
    throw error;
  }
  throw new Error('the build went through');
}

it('names file, line and column of a type error', async () => {
  const fault = await faultOf({ 'role.ts': role('{ x: i32 }', 'Go: () => 5') });
  expect(fault).toMatchObject({ code: 'bundler/type-error', details: { file: 'role.ts', line: 7 } });
  expect(fault.message).toContain("Type 'number' is not assignable to type 'Reply'");
});

it('reports several findings in one fault', async () => {
  const fault = await faultOf({ 'role.ts': role('{ x: i32 }', 'Go: () => 5, Stop: () => nothing') });
  expect(fault.details['findings']).toBe(2);
  expect(fault.message.split('\n')).toHaveLength(2);
});

it('refuses what TypeScriptToLua cannot compile, with its place', async () => {
  const fault = await faultOf({ 'role.ts': role('{ x: i32 }', 'Go: () => `${"a1".replace(/1/, "b")}`') });
  expect(fault).toMatchObject({ code: 'bundler/unsupported', details: { file: 'role.ts', line: 7 } });
});

it('refuses a component whose fields are not a literal', async () => {
  const fault = await faultOf({ 'role.ts': role('fields()', '', 'function fields(): Record<string, Field> { return { x: i32 }; }') });
  expect(fault).toMatchObject({ code: 'bundler/component-not-literal', details: { file: 'role.ts', line: 4 } });
  expect(fault.hint).toContain('component(');
});

it('refuses f64 for Lua', async () => {
  expect(await faultOf({ 'role.ts': role('{ x: f64 }', '') })).toMatchObject({ code: 'bundler/unsupported' });
});

it('names the import that leads nowhere', async () => {
  const fault = await faultOf({ 'role.ts': role('{ x: i32 }', '', "import { gone } from './gone.ts';\nvoid gone;") });
  expect(fault.code).toBe('bundler/unresolved-import');
  expect(fault.message).toContain('./gone.ts');
});

it('reports a syntax error at its place', async () => {
  const fault = await faultOf({ 'role.ts': 'export default {\n  name: ;\n};\n' });
  expect(fault).toMatchObject({ code: 'bundler/syntax-error', details: { file: 'role.ts', line: 2 } });
});

it('stops a role module that never finishes loading', async () => {
  const fault = await faultOf({ 'role.ts': role('{ x: i32 }', 'Go: () => `${turns}`', 'let turns = 0;\nwhile (turns < 10) turns = (turns + 1) % 10;') });
  expect(fault).toMatchObject({ code: 'bundler/loops-at-load', details: { file: 'role.ts', line: 4 } });
}, 60_000);

const lua = (body: string) => ({
  'role.lua': `local kernel = require("@beamline/kernel")\nlocal deep = require("./deep")\nreturn kernel.defineRole({ name = "bad", components = {}, actions = { Go = function() return deep() end } })\n`,
  'deep.lua': body,
});

it.each([
  ['that never finishes loading', 'local n = 1\nwhile n > 0 do n = n + 1 end\nreturn function() return n end', 'bundler/loops-at-load', 2],
  ['that fails while it loads', 'local nothing\nlocal x = nothing.here\nreturn function() return x end', 'bundler/load-failed', 2],
  ['with goto', 'return function(n)\n  ::again::\n  n = n + 1\n  if n < 3 then goto again end\n  return n\nend', 'vm/forbidden', 2],
  ['with a function of too many parameters', `return function(${Array.from({ length: 230 }, (_, n) => `a${n}`).join(', ')})\n  return a0 + a229\nend`, 'bundler/lua-limit', 1],
])('points into the source of a Lua module %s', async (_name, body, code, line) => {
  const fault = await faultOf(lua(body), 'role.lua');
  expect(fault).toMatchObject({ code, details: { file: 'deep.lua', line } });
  expect(fault.hint).not.toBe('');
}, 60_000);

it('points into the source of a role that fails while it loads', async () => {
  const fault = await faultOf({ 'role.ts': role('{ x: i32 }', '', 'const list: readonly { n: number }[] = [];\nif (list.length === 0) throw \'nothing\';') });
  expect(fault).toMatchObject({ code: 'bundler/load-failed', details: { file: 'role.ts', line: 4 } });
});

it('says that the default export is no role', async () => {
  const fault = await faultOf({ 'role.ts': 'export default 5 as unknown as { components: [] };\n' });
  expect(fault.code).toBe('bundler/layout-failed');
});

it('refuses a bundle over 500,000 bytes, listing the largest modules', async () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => i * 1000);
  const fault = await faultOf({
    'table.json': JSON.stringify({ rows }),
    'role.ts': role('{ x: i32 }', 'Go: (_world, message) => `${table.rows[message.slot]}`', "import table from './table.json' with { type: 'json' };"),
  });
  expect(fault.code).toBe('bundler/over-budget');
  expect(fault.message).toContain('table.json');
});

it('refuses lists with null, which Lua would cut short', async () => {
  const fault = await faultOf({
    'table.json': '{"rows":[1,null,3]}',
    'role.ts': role('{ x: i32 }', 'Go: (_world, message) => `${table.rows[message.slot]}`', "import table from './table.json' with { type: 'json' };"),
  });
  expect(fault).toMatchObject({ code: 'bundler/unsupported', details: { file: 'table.json' } });
  expect(fault.message).toContain('$.rows[1]');
});

it.each([
  ['a dynamic require', 'local name = select(1, ...)\nreturn require(name)\n', 'bundler/dynamic-require', 2],
  ['a missing module', 'return require("./nowhere")\n', 'bundler/unresolved-import', 1],
  ['a syntax error', 'local x =\nreturn = 5\n', 'bundler/syntax-error', 2],
  ['a missing export of a package', 'local kernel = require("@beamline/kernel")\nreturn kernel.defineRol({})\n', 'bundler/unresolved-import', 2],
])('reports %s in Lua at its place', async (_name, source, code, line) => {
  expect(await faultOf({ 'role.lua': source }, 'role.lua')).toMatchObject({ code, details: { file: 'role.lua', line } });
});

it('refuses a Lua component whose field order cannot be read', async () => {
  const fault = await faultOf({
    'role.lua': `local ecs = require("@beamline/ecs")
local fields = { price = ecs.u32 }
return require("@beamline/kernel").defineRole({ name = "market", components = { ecs.component("Order", fields) } })
`,
  }, 'role.lua');
  expect(fault).toMatchObject({ code: 'bundler/component-not-literal', details: { file: 'role.lua', line: 3 } });
});
