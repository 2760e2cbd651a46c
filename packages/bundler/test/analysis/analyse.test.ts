import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { analyse, type Analysis, type MeasuredBundle, type RoleSizes } from '../../src/analysis/index.ts';
import { buildRole, readSourceGraph } from '../../src/index.ts';

const root = fileURLToPath(new URL('../sizes-game', import.meta.url));

async function measured(role: string, entry: string, readable = false): Promise<MeasuredBundle> {
  const source = { role, entry, root, target: 'lua' } as const;
  return { bundle: await buildRole(source), graph: readSourceGraph(source), ...(readable && { raw: await buildRole({ ...source, minify: false }) }) };
}

let input: MeasuredBundle[];
let analysis: Analysis;
let world: RoleSizes;
beforeAll(async () => {
  input = [await measured('world', 'world.ts', true), await measured('battle', 'battle.ts'), await measured('arena', 'arena.lua')];
  analysis = analyse(input);
  world = analysis.roles['world'] as RoleSizes;
}, 240_000);

const sum = (list: readonly { bytes: number }[]) => list.reduce((total, { bytes }) => total + bytes, 0);
const part = (name: string, role = 'world') => analysis.roles[role]?.parts.find((each) => each.name === name);
const advice = (rule: string, role = 'world') => analysis.advice.filter((each) => each.rule === rule && each.role === role);

describe('bytes', () => {
  it('adds up to the bundle, by module and by library', () => {
    for (const role of Object.values(analysis.roles)) {
      expect(sum(role.modules)).toBe(role.bytes);
      expect(sum(role.libraries)).toBe(role.bytes);
      expect(Math.abs(role.modules.reduce((total, { gzipBytes }) => total + gzipBytes, 0) - role.gzipBytes)).toBeLessThan(role.modules.length);
      expect(role.modules.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1);
    }
    expect(world.modules.reduce((total, { rawBytes = 0 }) => total + rawBytes, 0)).toBe(world.rawBytes);
    expect(world.rawBytes).toBeGreaterThan(world.bytes * 1.5);
  });

  it('agrees with what the compiler counted, but for the line breaks that it counts to nobody', () => {
    const compiled = new Map(input[0]?.bundle && (input[0].bundle as { modules?: { path: string; bytes: number }[] }).modules?.map(({ path, bytes }) => [path, bytes]));
    for (const path of ['decay.ts', 'sentences.ts', 'levels.json']) {
      const own = world.modules.find((module) => module.path === path)?.bytes ?? 0;
      expect(own).toBeGreaterThanOrEqual(compiled.get(path) ?? Infinity);
      expect(own).toBeLessThan((compiled.get(path) ?? 0) * 1.1 + 20);
    }
  });

  it('counts ecs, the kernel, data, the compiler’s guards and TypeScriptToLua apart', () => {
    expect(world.libraries.map(({ name }) => name).sort()).toEqual(['data', 'ecs', 'game', 'guards', 'kernel', 'typescript-to-lua']);
    expect(world.modules.find(({ path }) => path === 'typescript-to-lua/lualib/Map')?.bytes).toBeGreaterThan(500);
  });

  it('measures systems with what only they need, under the name they run by', () => {
    expect(part('decay')).toMatchObject({ kind: 'system', module: 'decay.ts', line: 10 });
    expect(part('decay')?.savedBytes).toBeGreaterThan((part('decay')?.bytes ?? 0) + 300); // `lose` and the packed levels
    expect(part('Join')).toMatchObject({ kind: 'action', module: 'world.ts', line: 12 });
    expect(part('Join')?.bytes).toBeGreaterThan(40);
    expect(part('Score')).toMatchObject({ kind: 'component', module: 'components.ts', line: 3, uses: ['decayOfScores', 'lose'] });
  });

  it('measures the parts of a role in Lua', () => {
    expect(part('rust', 'arena')).toMatchObject({ kind: 'system', module: 'arena.lua', line: 10 });
    expect(part('Count', 'arena')).toMatchObject({ kind: 'action', line: 6 });
    expect(part('Gold', 'arena')?.uses).toEqual(['count', 'idle']);
    expect(part('Gold', 'arena')?.bytes).toBeGreaterThan(10);
  });
});

describe('why something is there', () => {
  const why = (path: string) => world.modules.find((module) => module.path === path)?.why;

  it('is the shortest way of imports, through barrels', () => {
    expect(why('world.ts')).toEqual(['world.ts']);
    expect(why('levels.json')).toEqual(['world.ts', 'barrel.ts', 'decay.ts', 'levels.json']);
    expect(why('@beamline/ecs/src/world.ts')?.slice(0, 2)).toEqual(['world.ts', '@beamline/ecs/src/index.ts']);
  });

  it('leads to who asks for TypeScriptToLua’s library', () => {
    expect(why('typescript-to-lua/lualib/Map')).toEqual(['world.ts', 'registry.ts', 'typescript-to-lua/lualib/Map']);
  });
});

it('finds modules that several roles carry, with the bytes of each', () => {
  const levels = analysis.duplicates.find(({ path }) => path === 'levels.json');
  expect(Object.keys(levels?.bytes ?? {})).toEqual(['world', 'battle']);
  expect(levels?.extraBytes).toBe(Math.min(...Object.values(levels?.bytes ?? {})));
  expect(analysis.duplicates.some(({ path }) => path === 'sentences.ts')).toBe(false);
});

describe('advice', () => {
  it('names what calls for TypeScriptToLua’s library, and what all of it costs', () => {
    const [found] = advice('lua-library');
    expect(found?.savesBytes).toBe(world.libraries.find(({ name }) => name === 'typescript-to-lua')?.bytes);
    expect(found?.say).toMatch(/Map \(\d+ bytes, registry\.ts:1\)/);
    expect(advice('lua-library', 'battle')).toEqual([]);
  });

  it('names an export that stays for the effects of its initializer', () => {
    expect(advice('kept-by-effect')).toMatchObject([{ say: expect.stringContaining('registry.ts:12: nothing names unneeded') }]);
  });

  it('names modules that are mostly text', () => {
    expect(advice('many-strings')).toMatchObject([{ say: expect.stringContaining('sentences.ts') }]);
  });

  it('names a component with one use', () => {
    expect(advice('single-use')).toMatchObject([{ say: expect.stringContaining('component Lonely (components.ts:4') }]);
  });

  it('names a system that runs in two roles', () => {
    expect(analysis.advice.filter(({ rule }) => rule === 'shared-system')).toMatchObject([{ say: expect.stringMatching(/^system decay \(decay\.ts:10\) is listed in world \(\d+ bytes\) and battle/) }]);
  });

  it('begins with what saves most', () => {
    const saved = analysis.advice.map(({ savesBytes }) => savesBytes);
    expect(saved).toEqual([...saved].sort((a, b) => b - a));
  });
});

it('is plain data, the same for the same bundles', () => {
  expect(JSON.parse(JSON.stringify(analyse(input)))).toEqual(JSON.parse(JSON.stringify(analysis)));
});
