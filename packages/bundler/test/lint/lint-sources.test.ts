import { afterEach, expect, it } from '@jest/globals';
import { lintRules, lintSources } from '../../src/lint/index.ts';
import { project } from './project.ts';

const remove: (() => void)[] = [];
afterEach(() => remove.splice(0).forEach((each) => each()));

/** Findings as `rule@line`, advice in brackets. */
function found(source: string, more: Record<string, string> = {}): string[] {
  const { root, remove: end } = project({ 'game.ts': source, ...more });
  remove.push(end);
  return lintSources({ files: ['game.ts'], root }).map(({ rule, line, level, file }) => {
    const text = `${rule}@${file === 'game.ts' ? '' : `${file}:`}${line}`;
    return level === 'advice' ? `(${text})` : text;
  });
}

it('says where, what and what to do, as data', () => {
  const { root, remove: end } = project({ 'src/game.ts': 'export const at = (): number =>\n  Date.now();\n' });
  remove.push(end);
  const [finding, more] = lintSources({ files: ['src/game.ts'], root });
  expect(finding).toMatchObject({ code: 'determinism/clock', file: 'src/game.ts', line: 2, column: 3, level: 'warning', message: expect.stringContaining('Date'), hint: expect.stringContaining('now(world)') });
  expect(more).toBeUndefined();
});

it('lints what is imported, and nothing of node_modules', () => {
  const other = { 'other.ts': 'export const a = Math.random();\n', 'node_modules/dice/package.json': '{"name":"dice","types":"index.ts"}', 'node_modules/dice/index.ts': 'export const b = Math.random();\n' };
  expect(found("import { a } from './other.ts';\nimport { b } from 'dice';\nexport const c = a + b;\n", other)).toEqual(['chance@other.ts:1']);
});

it('is silenced by a comment with a reason', () => {
  expect(found('// beamline-disable-next-line chance: a tool, never in a role\nexport const a = Math.random();\nexport const b = Math.random();\n')).toEqual(['chance@3']);
  expect(found('// beamline-disable-file chance, clock: a tool\nexport const a = Math.random();\nexport const b = Date.now();\n')).toEqual([]);
});

it.each([
  ['no reason', '// beamline-disable-next-line chance'],
  ['an empty reason', '// beamline-disable-next-line chance:   '],
])('is not silenced by a comment with %s', (_name, comment) => {
  expect(found(`${comment}\nexport const a = Math.random();\n`)).toEqual(['directive@1', 'chance@2']);
});

it('reports comments that silence nothing, or name no rule that there is', () => {
  expect(found('// beamline-disable-next-line chance: why\nexport const a = 1;\n// beamline-disable-next-line luck: why\nexport const b = 1;\n')).toEqual(['directive@1', 'directive@3']);
});

it('does not take a string for a comment', () => {
  expect(found("export const a = '// beamline-disable-file chance: no';\nexport const b = Math.random();\n")).toEqual(['chance@2']);
});

it.each([
  ['names of the game’s own', 'const Date = { now: (): number => 5 };\nexport const a = Date.now();'],
  ['types', 'export interface Clock { at: Date; wait: Promise<void> }\nexport type Key = typeof globalThis;'],
  ['objects, booleans and entities that may be missing as conditions', 'declare const a: { x: number } | undefined, b: boolean, c: 1 | 2;\nexport const d = a && b ? 1 : c ? 2 : 3;'],
  ['rounded and compared quotients', 'declare const a: number, b: number;\nexport const c = [Math.floor(a / b), Math.trunc((a / b)), a / 2 < b];'],
  ['remainders of what is not negative', 'declare const list: number[];\nexport function f(): number { let s = 0; for (let i = 0; i < 9; i++) s += (i + 1) % 3 + list.length % 2; return s; }'],
  ['remainders either way', 'declare const x: number;\nexport const a = [((x % 5) + 5) % 5, x % 2 === 0];'],
  ['masks and small constants', 'declare const x: number;\nexport const a = [x & 0xff, 6 | 1, 1 << 4];'],
  ['sorted keys and counts', 'declare const o: Record<string, number>;\nexport const a = [Object.keys(o).sort().join(), Object.keys(o).length];'],
  ['a comparator by name', 'declare function by(a: number, b: number): number;\n[1, 2].sort(by);'],
  ['texts sorted, numbers compared, ties decided by id', "declare const s: string[], n: number[], u: { id: number; hp: number }[];\nexport const a = [s.sort(), n.sort((a, b) => b - a), u.sort((a, b) => a.id - b.id), u.sort((a, b) => a.hp !== b.hp ? a.hp - b.hp : a.id - b.id)];"],
  ['callbacks that run at once', 'declare const n: number[];\nexport function f(): number { let s = 0; for (let i = 0; i < 3; i++) s += n.filter((each) => each === i).length; return s; }'],
  ['emptied lists', 'declare const n: number[];\nn.length = 0;\nexport const [, second] = n;'],
  ['== null', 'declare const a: string | undefined | null;\nexport const b = a == null;'],
  ['integers in text', 'declare const a: number;\nexport const b = `${a} ${Math.floor(a / 2)}`;'],
  ['texts of ASCII', "declare const a: string;\nexport const b = a.length + 'abc'.length;"],
  ['thrown strings', "export function f(code: string): never { throw `arena/${code}`; }"],
])('does not mind %s', (_name, source) => {
  expect(found(source)).toEqual([]);
});

it.each([
  ['a tie behind ||', 'declare const u: { id: number; hp: number }[];\nu.sort((a, b) => a.hp - b.hp || a.id - b.id);', ['truthiness@2']],
  ['ties left open', 'declare const u: { hp: number }[], x: number[], e: number[];\nu.sort((a, b) => a.hp - b.hp);\ne.sort((a, b) => x[a]! - x[b]!);\nu.sort((a, b) => (a.hp > b.hp ? 1 : -1));', ['sort-order@2', 'sort-order@3', 'sort-order@4']],
  ['holes of every kind', 'declare const n: number[], o: (number | undefined)[];\nexport const a = [1, , 2];\ndelete n[1];\nn.length = 3;\nn.length--;\no[1] = undefined;\nexport const b = new Array(3);\nexport const c = [null];', [2, 3, 4, 5, 6, 7, 8].map((line) => `array-hole@${line}`)],
  ['a caught error used as an object', 'declare const go: () => void;\ntry { go(); } catch (e) {\n  if (e instanceof Error) (e as Error).message;\n}\nexport {};', ['error-object@3', 'error-object@3']],
  ['unsupported syntax', 'export class A {\n  #x = 1;\n  get x(): number { return 1; }\n}\nexport const b = 5n;', ['syntax-without-lua@2', 'syntax-without-lua@3', 'syntax-without-lua@5']],
  ['a value of the host inside template and call', 'declare const console: { log(x: unknown): void };\nconsole.log(`${process.pid}`);\ndeclare const process: { pid: number };', ['host-api@2', 'host-api@2']],
  ['asynchrony', 'export async function f(): Promise<void> {\n  await Promise.resolve();\n}', ['asynchrony@1', 'asynchrony@2', 'asynchrony@2']],
  ['fractions in text', 'declare const n: number;\nexport const a = `${n * 0.5}` + n / 2;\nexport const b = n.toFixed(2);', ['float-text@2', 'division@2', 'float-text@2', 'float-text@3']],
  ['local tables of the host', "declare const s: string;\nexport const a = s.localeCompare('b');\nexport const b = s.toLowerCase();", ['text-length@2', '(text-length@3)']],
  ['numbers read from text', "declare const s: string, n: number;\nexport const a = [Number(s), parseFloat(s), +s];\nexport const b = [Math.floor(Number(s)), parseInt(s), Number(n), +n];", ['number-text@2', 'number-text@2', 'number-text@2']],
  ['what Lua has no library for', 'export const a = JSON.stringify([1]);', ['host-api@1']],
  ['a chain of one operator once', 'declare const n: number;\nexport const a = n ^ n ^ (n ^ 5);', ['bit-operator@2']],
  ['unknown signs', 'declare const n: number;\nexport const a = n % 3;\nexport const b = (n - 1) % 3;\nexport const c = n >>> 3;', ['(remainder@2)', 'remainder@3', '(bit-operator@4)']],
])('finds %s', (_name, source, expected) => {
  expect(found(source)).toEqual(expected);
});

it('knows each rule by a name of its own', () => {
  expect(new Set(lintRules.map(({ name }) => name)).size).toBe(lintRules.length);
});
