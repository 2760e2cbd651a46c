import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { createVm } from '@beamline/vm';
import { buildRole, mapLuaPosition, type Bundle } from '../src/index.ts';
import { fixtures } from './run-lua.ts';
import { playerRequest, processRequest } from './messages.ts';

const other = 'b'.repeat(43);
const world = { role: 'world', entry: 'world/world.ts', root: fixtures } as const;

async function play(bundle: Bundle, requests: AoMap[]): Promise<AoMap[]> {
  const vm = await createVm({ code: bundle.code });
  try {
    const computed = await vm.computeAll(requests);
    return computed.map((result) => (result.ok ? result.results?.['output'] as AoMap : { failed: result.message }));
  } finally {
    await vm.close();
  }
}

describe('a TypeScript role', () => {
  let lua: Bundle;
  let js: Bundle;
  beforeAll(async () => {
    lua = await buildRole({ ...world, target: 'lua' });
    js = await buildRole({ ...world, target: 'js' });
  }, 60_000);

  it('answers the same in Lua and in JavaScript', async () => {
    const requests = [processRequest(), playerRequest(1, 'Join'), playerRequest(2, 'Join'), playerRequest(3, 'Join', other), playerRequest(4, 'Count'), playerRequest(5, 'Nope')];
    const { compute } = await import(`data:text/javascript;base64,${Buffer.from(js.code).toString('base64')}`) as { compute: (base: object, request: AoMap) => { results: { output: AoMap } } };
    let base: object = {};
    const answers = requests.map((request) => {
      const next = compute(base, request);
      base = next;
      return { ...next.results.output };
    });
    expect(await play(lua, requests)).toEqual(answers);
    expect(answers[4]).toEqual({ outcome: 'ok', data: '2 2' });
  });

  it.each([
    ['Spin', 'kernel/work-budget'],
    ['Nested', 'kernel/work-budget'],
    ['Deep', 'kernel/recursion'],
    ['Divide', 'kernel/arithmetic'],
    ['Root', 'kernel/arithmetic'],
  ])('turns %s into the error %s, keeps the world and serves the next message', async (action, code) => {
    const answers = await play(lua, [processRequest(), playerRequest(1, 'Join'), playerRequest(2, action), playerRequest(3, 'Count')]);
    expect(answers[2]).toMatchObject({ outcome: 'error', code });
    expect(answers[3]).toEqual({ outcome: 'ok', data: '1 1' });
  });

  it('leaves out components and systems that the role does not list', () => {
    for (const { code } of [lua, js]) {
      expect(code).toContain('Position');
      expect(code).not.toContain('UNUSED');
    }
  });

  it('says what costs what, largest first, adding up to the bundle', () => {
    const total = lua.modules.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(lua.modules.map(({ path }) => path)).toContain('world/world.ts');
    expect(lua.modules[0]?.bytes).toBeGreaterThanOrEqual(lua.modules[1]?.bytes ?? 0);
    expect(total).toBeGreaterThan(lua.bytes * 0.8);
    expect(total).toBeLessThanOrEqual(lua.bytes);
  });

  it('maps a line of the bundle back to the source', () => {
    const line = lua.code.split('\n').findIndex((text) => text.includes('"arena/joined"')) + 1;
    const column = (lua.code.split('\n')[line - 1] ?? '').indexOf('"arena/joined"') + 1;
    expect(mapLuaPosition(lua.map, line, column)).toMatchObject({ file: 'world/world.ts', line: 15 });
    expect(mapLuaPosition(lua.map, line)?.line).toBeGreaterThan(0);
    expect(mapLuaPosition(lua.map, 1_000_000)).toBeUndefined();
  });

  it('has a kernel that knows the layout it was built for', async () => {
    const vm = await createVm({ code: lua.code });
    const [first] = await vm.computeAll([processRequest()]);
    await vm.close();
    const health = first?.ok ? first.changed['health'] as AoMap : {};
    expect(health['layout']).toMatch(/^[0-9a-f]{64}$/);
    expect(js.code).toContain(String(health['layout']));
  });
});

describe('a Lua role', () => {
  it('runs linked with the TypeScript packages it requires, and only what it uses of them', async () => {
    const bundle = await buildRole({ role: 'market', entry: 'market/market.lua', target: 'lua', root: fixtures });
    const answers = await play(bundle, [processRequest(), playerRequest(1, 'Sell', other, { price: '100' }), playerRequest(2, 'Sell', other, { price: '0' }), playerRequest(3, 'Sell', other, { price: '2' })]);
    expect(answers[1]).toEqual({ outcome: 'ok', data: '{"order":1}' });
    expect(answers[2]).toMatchObject({ outcome: 'refused' });
    expect(answers[3]).toEqual({ outcome: 'ok', data: '{"order":2}' });
    expect(bundle.modules.map(({ path }) => path)).toEqual(expect.arrayContaining(['market/market.lua', 'market/pricing.lua']));
  }, 60_000);

  it('has no JavaScript', async () => {
    await expect(buildRole({ role: 'market', entry: join(fixtures, 'market/market.lua'), target: 'js', root: fixtures })).rejects.toMatchObject({ code: 'bundler/unsupported' });
  });
});

it('an empty role and the kernel\'s operations stay within their size', async () => {
  const folder = await mkdtemp(join(fixtures, '../../dist-empty-'));
  try {
    await writeFile(join(folder, 'empty.ts'), "import { defineRole } from '@beamline/kernel';\nexport default defineRole({ name: 'empty', components: [] });\n");
    const { bytes, code } = await buildRole({ role: 'empty', entry: 'empty.ts', root: folder, target: 'lua' });
    expect(bytes).toBeLessThan(32_000);
    // Parts of ecs and kernel that it cannot reach.
    for (const absent of ['kernel/send-outside', 'kernel/unknown-link', 'ecs/unknown-component', 'ecs/no-field', 'ecs/dead-entity', 'ecs/full', 'whole number', 'randomInt']) {
      expect(code).not.toContain(absent);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
