import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { runJavaScript, runLua, type Ran } from './run-lua.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

/** Files of a project of its own, outside every package. */
async function project(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'beamline-adversarial-'));
  folders.push(folder);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return join(folder, 'entry.ts');
}

/** Runs a project in Lua, small and readable: both must give what JavaScript gives, which must be what is expected. */
async function agree(files: Record<string, string>, expected: string): Promise<Ran> {
  const entry = await project(files);
  const ran = await runLua(entry);
  expect(await runJavaScript(entry)).toBe(expected);
  expect(ran.value).toBe(expected);
  expect((await runLua(entry, { minify: false })).value).toBe(expected);
  return ran;
}

describe('loops', () => {
  it('of a function that goes into its caller are charged by what the caller gave, whatever it is called there', async () => {
    await agree({
      'entry.ts': `
        function copyInto(list: number[], source: readonly number[], count: number): void { for (let row = 0; row < count; row++) list[row] = source[row]!; }
        function grow(size: number, from: readonly number[]): number[] {
          const list: number[] = [];
          const kept = from.length < size ? from.length : size;
          for (let column = 0; column < 1; column++) {
            copyInto(list, from, kept);
            for (let row = kept; row < size; row++) list[row] = 7;
          }
          return list;
        }
        export const run = (): string => grow(90, [1, 2, 3]).slice(0, 5).join(' ');
      `,
    }, '1 2 3 7 7');
  });
});

describe('re-exports', () => {
  it('lead through renamed barrels, namespaces and defaults to where something is declared', async () => {
    const { code } = await agree({
      'entry.ts': "import chief, { first as one, tools, tools as again } from './barrels/outer.ts';\nimport * as outer from './barrels/outer.ts';\nexport const run = (): string => [one(2), chief(3), tools.twice(4), again.half, outer.first(5), outer.default(6), outer.tools.twice(7)].join(' ');\n",
      'barrels/outer.ts': "export { renamed as first } from './middle.ts';\nexport { default } from './middle.ts';\nexport * as tools from '../tools.ts';\n",
      'barrels/middle.ts': "export * from './inner.ts';\nexport { add as renamed, UNUSED_ONE } from '../math.ts';\nexport { scale as default } from '../math.ts';\n",
      'barrels/inner.ts': "export * from './middle.ts';\nexport * from '../math.ts';\n",
      'math.ts': "export function add(n: number): number { return n + 10; }\nexport function scale(n: number): number { return n * 100; }\nexport function UNUSED_ONE(): string { return 'UNUSED_TEXT'; }\n",
      'tools.ts': "export const half = 0.5;\nexport function twice(n: number): number { return n * 2; }\nexport const idle = (): string => 'UNUSED_IDLE';\n",
    }, '12 300 8 0.5 15 600 14');
    expect(code).not.toContain('UNUSED_TEXT');
  });

  it('of the same name: a module\'s own comes before what it re-exports', async () => {
    await agree({
      'entry.ts': "import { who, where } from './barrel.ts';\nexport const run = (): string => `${who()} ${where()}`;\n",
      'barrel.ts': "export * from './a.ts';\nexport function who(): string { return 'barrel'; }\n",
      'a.ts': "export function who(): string { return 'a'; }\nexport function where(): string { return 'a ' + who(); }\n",
    }, 'barrel a a');
  });
});

describe('cycles', () => {
  it('of three modules and their barrel, with functions, classes and values set late', async () => {
    await agree({
      'entry.ts': "import { odd, Tree, late } from './barrel.ts';\nexport const run = (): string => `${odd(7)} ${odd(4)} ${new Tree(2).text()} ${late()}`;\n",
      'barrel.ts': "export * from './odd.ts';\nexport * from './even.ts';\nexport * from './tree.ts';\n",
      'odd.ts': "import { even } from './barrel.ts';\nexport function odd(n: number): boolean { return n === 0 ? false : even(n - 1); }\nexport let count = 0;\nexport function note(): void { count += 1; }\n",
      'even.ts': "import { odd, count, note } from './barrel.ts';\nexport function even(n: number): boolean { note(); return n === 0 ? true : odd(n - 1); }\nexport const late = (): string => `count ${count}`;\n",
      'tree.ts': "import { Leaf } from './leaf.ts';\nexport class Tree { constructor(readonly depth: number) {} text(): string { return this.depth === 0 ? new Leaf().text() : `(${new Tree(this.depth - 1).text()})`; } }\n",
      'leaf.ts': "import { Tree } from './tree.ts';\nexport class Leaf { text(): string { return `leaf${new Tree(1).depth}`; } }\n",
    }, 'true false ((leaf1)) count 6');
  });
});

describe('side effects', () => {
  it('run once, in the order of imports, however often and through whatever a module is imported', async () => {
    const { code } = await agree({
      'entry.ts': "import './first.ts'; import { log } from './log.ts'; import * as second from './second.ts'; import './first.ts';\nlog.push('entry'); export const run = (): string => `${log.join()} ${second.name}`;\n",
      'log.ts': "export const log: string[] = []; log.push('log'); const UNUSED_A = 1; const UNUSED_B = [UNUSED_A];\n",
      'first.ts': "import { log } from './log.ts'; import './third.ts'; log.push('first'); export {};\n",
      'second.ts': "import { log } from './log.ts'; export * from './third.ts'; log.push('second');\n",
      'third.ts': "import { log } from './log.ts'; log.push('third'); export const name = 'three';\n",
    }, 'log,third,first,second,entry three');
    expect(code).not.toContain('UNUSED');
  });

  it('stay in initializers, defaults, getters of patterns and conditions that nobody reads', async () => {
    await agree({
      'entry.ts': `const seen: string[] = [];
function mark<T>(name: string, value: T): T { seen.push(name); return value; }
const unread = mark('const', 1), [ignored = mark('default', 2)] = [] as number[];
let kept = 0; kept = mark('assigned', 3);
if (mark('condition', false)) { seen.push('never'); }
mark('left', false) || mark('right', true);
class Lonely { static field = mark('static', 1); }
enum Level { Low = 1, High = Low + 1 }
export const run = (): string => \`\${seen.join()} \${Level[Level.High]}\`;
`,
    }, 'const,default,assigned,condition,left,right,static High');
  });
});

describe('computed access', () => {
  it('keeps whatever it could reach', async () => {
    await agree({
      'entry.ts': "import * as skills from './skills.ts';\nimport { table } from './table.ts';\nconst pick = (name: string): string => skills[name as keyof typeof skills]();\nconst key: string = ['a', 'b'].join('-');\nexport const run = (): string => `${['run', 'jump'].map((name) => pick(name)).join()} ${table[key]} ${table['c-d']} ${table.plain} ${Object.entries(skills).length}`;\n",
      'skills.ts': "export const run = (): string => 'runs';\nexport const jump = (): string => 'jumps';\n",
      'table.ts': "export const table: Record<string, string> = { 'a-b': 'dash', ['c' + '-d']: 'sum', plain: 'plain' };\n",
    }, 'runs,jumps dash sum plain 2');
  });
});

describe('names', () => {
  it('with dashes, dots, digits and words of Lua are those of files, exports, fields and variables alike', async () => {
    await agree({
      'entry.ts': "import { end, local as then_ } from './my-module.v2.ts';\nimport repeat from './9-lives/not.ts';\nconst nil = 'nil', self = 'self', elseif = { 'two-words': 1, until: 2, and: 3 };\nfunction goto(or: number): number { return or + elseif.until + elseif.and + elseif['two-words']; }\nexport const run = (): string => [end, then_(), repeat.not, nil, self, goto(1)].join(' ');\n",
      'my-module.v2.ts': "export const end = 'end';\nexport function local(): string { return 'local'; }\n",
      '9-lives/not.ts': "export default { not: 'not' };\n",
    }, 'end local not nil self 7');
  });

  it('of Lua\'s own functions may be taken, in one module or in all', async () => {
    await agree({
      'entry.ts': "import { print, type } from './taken.ts';\nconst string = (value: number): string => `<${value}>`, table = [1, 2], math = Math.max(3, 4), tostring = 'text', error = 'fine';\nexport const run = (): string => `${string(1)} ${table.length} ${math} ${tostring} ${error} ${print()} ${type}`;\n",
      'taken.ts': "export const print = (): string => 'printed';\nexport const type = 'typed';\n",
    }, '<1> 2 4 text fine printed typed');
  });
});

describe('many', () => {
  it('modules: 300, each of which imports the next and one far away', async () => {
    const files: Record<string, string> = { 'entry.ts': "import { f0 } from './m/m-0.ts';\nexport const run = (): string => `${f0(0)}`;\n" };
    for (let index = 0; index < 300; index += 1) {
      const far = (index * 7 + 3) % 300;
      const next = index < 299 ? `f${index + 1}(sum + own)` : 'sum + own';
      files[`m/m-${index}.ts`] = `${index < 299 ? `import { f${index + 1} } from './m-${index + 1}.ts';\n` : ''}${far === index + 1 ? '' : `import { v${far} } from './m-${far}.ts';\n`}export const v${index} = ${index};\nexport const UNUSED_${index} = 'UNUSED_${index}';\nexport function f${index}(sum: number): number { const own = ${far === index + 1 ? index : `v${far}`} + v${index}; return ${next}; }\n`;
    }
    let expected = 0;
    for (let index = 0; index < 300; index += 1) expected += index + ((index * 7 + 3) % 300 === index + 1 ? index : (index * 7 + 3) % 300);
    const { code } = await agree(files, String(expected));
    expect(code).not.toContain('UNUSED');
  }, 120_000);
});

describe('patterns', () => {
  it('count lists and texts', async () => {
    const { code } = await agree({
      'entry.ts': `const list = [1, 2, 3];
const { length } = list;
const { length: many = 9, 0: first } = [4, 5] as readonly number[];
const size = ({ length: n }: string): number => n;
const pairs: [number, string[]][] = [[1, ['a']], [2, ['b', 'c']]];
export function run(): string {
  const counts: number[] = [];
  for (const [, { length: each }] of pairs) counts.push(each);
  const { length: own } = { length: 'a field' };
  const inner = ((): number => { const { list: { length: deep } } = { list: [7, 7, 7, 7] }; return deep; })();
  return [length, many, first, size('word'), counts.join('+'), own, inner].join(' ');
}
`,
    }, '3 2 4 4 1+2 a field 4');
    expect(code).not.toContain('\u0001');
  });

  it('that assign a length to what is there already are refused', async () => {
    const entry = await project({ 'entry.ts': 'let length = 0;\nexport function run(): string {\n  ({ length } = [1, 2]);\n  return `${length}`;\n}\n' });
    await expect(runLua(entry)).rejects.toMatchObject({ code: 'bundler/unsupported', message: expect.stringMatching(/entry\.ts:3:6 .*list\.length/) });
  });
});
