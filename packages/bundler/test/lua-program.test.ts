import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { callLua, fixtures, runJavaScript, runLua } from './run-lua.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

/** A project of its own, outside every package. */
async function project(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'beamline-bundler-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

it('runs cycles, barrels, default and renamed exports, classes, enums and constant branches as JavaScript does', async () => {
  const entry = join(fixtures, 'adversarial/entry.ts');
  const { value, code } = await runLua(entry);
  expect(value).toBe(await runJavaScript(entry));
  for (const gone of ['UNUSED_PROD', 'UNUSED_ELSE', 'UNUSED_CYC', 'UNUSED_PURE', 'UNUSED_DEFBODY', 'UNUSED_Y', 'UNUSED_DEF']) {
    // The property of a used object stays: nothing proves that nobody asks for it by name.
    expect(code.replace('UNUSED_prop', '').replace('"UNUSED_PROP"', '')).not.toContain(gone);
  }
});

it('gives the same result minified and readable', async () => {
  const entry = join(fixtures, 'adversarial/entry.ts');
  const [small, large] = [await runLua(entry), await runLua(entry, { minify: false })];
  expect(small.value).toBe(large.value);
  expect(small.code.length).toBeLessThan(large.code.length * 0.7);
});

it('emits neither goto nor bytes outside ASCII, and keeps non-ASCII text exact', async () => {
  const folder = await project({
    'entry.ts': `export function run(): string {
      const seen: string[] = [];
      for (let i = 0; i < 6; i++) { if (i % 2 === 0) continue; seen.push(\`\${i}\`); }
      let k = 0;
      while (k < 5) { k++; if (k === 2) continue; if (k === 4) break; seen.push('w' + k); }
      return seen.join(',') + ' caf\\u00e9 \\u{1F600}1';
    }`,
  });
  const { code, value } = await runLua(join(folder, 'entry.ts'));
  expect(code).not.toContain('goto');
  expect(/^[\x00-\x7f]*$/.test(code)).toBe(true);
  expect(value).toBe('1,3,5,w1,w3 café 😀1');
});

it('links 230 imported modules and 300 functions in one module within Lua\'s limits', async () => {
  const count = 230;
  const files: Record<string, string> = {};
  for (let i = 0; i < count; i++) files[`m${i}.ts`] = `export function f${i}(n: number): number { return n + ${i}; }\n`;
  const many = Array.from({ length: 300 }, (_, i) => `function g${i}(n: number): number { return n * ${i} + (n > 5 ? g${(i * 7 + 1) % 300}(n - 1) : 0); }`).join('\n');
  const chunks = Array.from({ length: 10 }, (_, i) => `  sum += ${Array.from({ length: 30 }, (_, j) => `g${i * 30 + j}(6)`).join(' + ')};`).join('\n');
  const calls = Array.from({ length: 23 }, (_, i) => `  sum += ${Array.from({ length: 10 }, (_, j) => `f${i * 10 + j}(1)`).join(' + ')};`).join('\n');
  files['entry.ts'] = `${Array.from({ length: count }, (_, i) => `import { f${i} } from './m${i}.ts';`).join('\n')}
${many}
export function run(): string {
  let sum = 0;
${calls}
${chunks}
  return \`\${sum}\`;
}
`;
  const folder = await project(files);
  const entry = join(folder, 'entry.ts');
  expect((await runLua(entry)).value).toBe(await runJavaScript(entry));
});

it('drops branches that a define makes constant, with what only they used', async () => {
  const folder = await project({
    'entry.ts': `declare const DEBUG: boolean;
function trace(): string { return 'TRACE_TEXT'; }
export function run(): string { return DEBUG ? trace() : 'quiet'; }`,
  });
  const entry = join(folder, 'entry.ts');
  const quiet = await runLua(entry, { define: { DEBUG: 'false' } });
  const loud = await runLua(entry, { define: { DEBUG: 'true' } });
  expect([quiet.value, loud.value]).toEqual(['quiet', 'TRACE_TEXT']);
  expect(quiet.code).not.toContain('TRACE_TEXT');
});

it('makes JSON a Lua table with the same indices', async () => {
  const folder = await project({
    'items.json': JSON.stringify({ name: ['sword', 'shield "é"'], price: [10, -3], half: 0.5, nested: { deep: [true, false] }, 'a-b': 1 }),
    'entry.ts': `import items from './items.json' with { type: 'json' };
export function run(): string {
  return items.name.map((name, i) => name + items.price[i]).join(';') + items.nested.deep[0] + items['a-b'];
}`,
  });
  expect((await runLua(join(folder, 'entry.ts'))).value).toBe('sword10;shield "é"-3true1');
});

it('uses a namespace as a value, computed access included', async () => {
  const folder = await project({
    'shapes.ts': 'export function square(n: number): number { return n * n; }\nexport function twice(n: number): number { return n * 2; }\n',
    'barrel.ts': "export * from './shapes.ts';\nexport { square as area } from './shapes.ts';\n",
    'entry.ts': `import * as shapes from './barrel.ts';
export function run(): string {
  const table: Record<string, (n: number) => number> = shapes;
  return ['square', 'twice', 'area'].map((name) => \`\${table[name]!(3)}\`).join(' ') + shapes.twice(5);
}`,
  });
  expect((await runLua(join(folder, 'entry.ts'))).value).toBe('9 6 910');
});

it('runs side effects of modules in the order of their imports', async () => {
  const folder = await project({
    'log.ts': 'export const log: string[] = [];\n',
    'a.ts': "import { log } from './log.ts';\nimport './b.ts';\nlog.push('a');\n",
    'b.ts': "import { log } from './log.ts';\nlog.push('b');\n",
    'entry.ts': "import './a.ts';\nimport { log } from './log.ts';\nimport './b.ts';\nlog.push('entry');\nexport function run(): string { return log.join(' '); }\n",
  });
  const entry = join(folder, 'entry.ts');
  expect((await runLua(entry)).value).toBe('b a entry');
});

it('calls functions held in records, interfaces and method shorthands without a hidden self', async () => {
  const folder = await project({
    'entry.ts': `interface Rule { readonly name: string; readonly apply: (n: number) => number }
type Table = { readonly run: (n: number) => number };
const rules: Rule[] = [{ name: 'plus', apply: (n) => n + 1 }, { name: 'times', apply(n) { return n * 10; } }];
const table: Table = { run: (n) => n - 1 };
const byName: Record<string, (n: number) => number> = { half: (n) => n / 2 };
export function run(): string {
  let n = 4;
  for (const rule of rules) n = rule.apply(n);
  const { apply } = rules[0]!;
  return \`\${table.run(apply(n))} \${Math.floor(byName['half']!(n))}\`;
}`,
  });
  expect((await runLua(join(folder, 'entry.ts'))).value).toBe('50 25');
});

it('sorts by comparators that are given by name, by value, or made for it', async () => {
  const folder = await project({
    'entry.ts': `function up(a: number, b: number): number { return a - b; }
const down = (a: number, b: number): number => b - a;
const rules: { by: (a: number, b: number) => number } = { by: down };
class Order { static by(a: number, b: number): number { return b - a; } }
let made = 0;
function make(): (a: number, b: number) => number { made += 1; return up; }
function sorted(list: number[], a: (a: number, b: number) => number): number[] { return list.sort(a); }
export function run(): string {
  const lists = [[3, 1, 2].sort(up), [1, 3, 2].sort(down), [1, 2].sort(rules.by), [4, 5].sort(Order.by), [7, 9, 8, 6].sort(make()), sorted([2, 1], up), [2, 1].toSorted(up)];
  return lists.map((list) => list.join('')).join(' ') + made;
}`,
  });
  const entry = join(folder, 'entry.ts');
  const { value } = await runLua(entry);
  expect(value).toBe('123 321 21 54 6789 12 121');
  expect(value).toBe(await runJavaScript(entry));
});

it('drops exactly the statements that nothing needs, also when several share a line', async () => {
  const folder = await project({
    'entry.ts': `const x: number[] = []; const y: number[] = []; const vx: number[] = []; const vy: number[] = [];
export function setup(): void { for (let i = 0; i < 5; i++) { x[i] = i; y[i] = i * 12345; vx[i] = i % 7 - 3; vy[i] = 2; } }
export function move(): string { const n = x.length; for (let i = 0; i < n; i++) { x[i] = x[i]! + vx[i]!; y[i] = y[i]! + vy[i]!; } return \`\${x[0]},\${x[4]}\`; }`,
    // Called through globals, rollup sees that nothing reads y, and drops what fills it.
    'start.ts': `import { setup, move } from './entry.ts';
declare let first: () => void;
declare let second: () => string;
first = () => setup();
second = () => move();
export function run(): string { first(); return second(); }`,
  });
  const { code, value } = await runLua(join(folder, 'start.ts'));
  expect(value).toBe('-3,5');
  expect(code).not.toContain('12345');
});

it('does not run what only a branch that is never taken names', async () => {
  const folder = await project({
    'entry.ts': `declare const DEBUG: boolean;
const parts: string[] = [];
function note(part: string): string { parts.push(part); return part; }
const table = /*#__PURE__*/ note('RAN_FOR_NOTHING');
export function run(): string { const text = DEBUG ? table : 'quiet'; return text + parts.length; }`,
  });
  const { code, value } = await runLua(join(folder, 'entry.ts'), { define: { DEBUG: 'false' } });
  expect(value).toBe('quiet0');
  expect(code).not.toContain('RAN_FOR_NOTHING');
});

it('is the same, byte for byte, built twice and from two folders', async () => {
  const files = {
    'entry.ts': "import { name } from './name.ts';\nexport function run(): string { return `${name} ${[3, 1, 2].map((n) => n * 2).join('')}`; }\n",
    'name.ts': "export const name: string = 'reproducible';\n",
  };
  const codes = await Promise.all([project(files), project(files)]).then((all) => Promise.all(all.map((folder) => runLua(join(folder, 'entry.ts')))));
  expect(codes[0]?.code).toBe(codes[1]?.code);
});

it('runs plain Lua through the test vm', async () => {
  expect(await callLua('function answer() return 42 end', 'answer')).toBe(42);
});
