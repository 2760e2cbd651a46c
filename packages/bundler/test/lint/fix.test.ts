import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { applyFixes, fixSources, lintSources } from '../../src/lint/index.ts';
import { project } from './project.ts';

const remove: (() => void)[] = [];
afterEach(() => remove.splice(0).forEach((each) => each()));

async function fixed(source: string) {
  const made = project({ 'game.ts': source });
  remove.push(made.remove);
  const result = await fixSources({ files: ['game.ts'], root: made.root });
  const text = readFileSync(join(made.root, 'game.ts'), 'utf8');
  const again = await fixSources({ files: ['game.ts'], root: made.root });
  expect(again.fixed).toBe(0);
  expect(readFileSync(join(made.root, 'game.ts'), 'utf8')).toBe(text);
  return { text, ...result };
}

const typed = (body: string, declarations: string) => `${declarations}\nexport function run(): unknown {\n  ${body}\n}\n`;
const DECLARED = 'declare const n: number, m: number, s: string, o: number | undefined, list: number[];';

it.each([
  ['a condition of a number', 'return n ? 1 : 2;', 'return n !== 0 ? 1 : 2;'],
  ['a condition of a string', 'if (s) return 1;', "if (s !== '') return 1;"],
  ['a negation', 'if (!n) return 1;', 'if (n === 0) return 1;'],
  ['a negation beside another', 'if (!n && !s) return 1;', "if (n === 0 && s === '') return 1;"],
  ['a chain of conditions', 'while (n && s || m) return 1;', "while (n !== 0 && s !== '' || m !== 0) return 1;"],
  ['a length', 'return list.length ? 1 : 2;', 'return list.length !== 0 ? 1 : 2;'],
  ['a sum as a condition', 'if (n + m) return 1;', 'if ((n + m) !== 0) return 1;'],
  ['a number that may be missing', 'if (o) return 1;', 'if ((o !== undefined && o !== 0)) return 1;'],
  ['loose equality', 'return n == m || s != "a";', 'return n === m || s !== "a";'],
  ['a default sort of numbers', 'return list.sort();', 'return list.sort((a, b) => a - b);'],
  ['an error that is made where it is thrown', "throw new Error('arena/full: no room');", "throw 'arena/full: no room';"],
  ['a square', 'return n ** 2 + Math.pow(m, 2);', 'return (n * n) + (m * m);'],
])('mends %s', async (_name, bad, good) => {
  const { text, findings } = await fixed(typed(bad, DECLARED));
  expect(text).toBe(typed(good, DECLARED));
  expect(findings).toEqual([]);
});

it('calls functions of ecs and imports each once', async () => {
  const { text, findings } = await fixed(`import { i32 } from '@beamline/ecs';
declare const n: number, m: number;
void i32;
export const all = [(n - 1) % 3, n | m, n << 3, n ^ m ^ 5, ~n];
`);
  expect(text).toBe(`import { i32, mod, u32Or, u32Shl, u32Xor } from '@beamline/ecs';
declare const n: number, m: number;
void i32;
export const all = [mod((n - 1), 3), u32Or(n, m), u32Shl(n, 3), u32Xor(u32Xor(n, m), 5), u32Xor(n, 0xffffffff)];
`);
  expect(findings).toEqual([]);
});

it('adds an import where there is none', async () => {
  const { text } = await fixed('declare const n: number;\nexport const rest = (n - 1) % 3;\n');
  expect(text).toBe("import { mod } from '@beamline/ecs';\ndeclare const n: number;\nexport const rest = mod((n - 1), 3);\n");
});

it('offers the same for an assignment', () => {
  const source = 'export let n = 5;\nn %= 3;\n';
  const { root, remove: end } = project({ 'game.ts': source });
  remove.push(end);
  const [finding] = lintSources({ files: ['game.ts'], root });
  expect(finding?.fix && applyFixes(source, [finding.fix]).text).toBe("import { mod } from '@beamline/ecs';\nexport let n = 5;\nn = mod(n, 3);\n");
});

it('mends files above the root, too', async () => {
  const { root, remove: end } = project({ 'shared/rest.ts': 'declare const n: number;\nexport const rest = (n - 1) % 3;\n', 'roles/game.ts': "export * from '../shared/rest.ts';\n" });
  remove.push(end);
  expect(await fixSources({ files: ['game.ts'], root: join(root, 'roles') })).toEqual({ findings: [], fixed: 1 });
  expect(readFileSync(join(root, 'shared/rest.ts'), 'utf8')).toContain('mod((n - 1), 3)');
});

it('leaves a file alone that means something else by the name', async () => {
  const source = 'declare const n: number;\nconst mod = 3;\nexport const rest = (n - 1) % mod;\n';
  const { text, findings } = await fixed(source);
  expect(text).toBe(source);
  expect(findings.map(({ rule }) => rule)).toEqual(['remainder']);
});

it.each([
  ['a default for an empty name', "return s || 'nobody';"],
  ['a quotient that is kept', 'return n / m;'],
  ['a shift that keeps the sign', 'return n >> 1;'],
])('leaves %s to a person', async (_name, source) => {
  const { text, findings, fixed: count } = await fixed(typed(source, DECLARED));
  expect(text).toBe(typed(source, DECLARED));
  expect(count).toBe(0);
  expect(findings).toHaveLength(1);
});

it('applies of overlapping fixes the first, and says how many', () => {
  const edit = (start: number, end: number, text: string) => ({ edits: [{ start, end, text }] });
  expect(applyFixes('abcdef', [edit(0, 3, 'X'), edit(1, 2, 'Y'), edit(4, 5, 'Z')])).toEqual({ text: 'XdZf', applied: 2 });
});

it('does not follow advice', async () => {
  const source = 'declare const n: number;\nexport const page = n >>> 10;\n';
  const made = project({ 'game.ts': source });
  remove.push(made.remove);
  expect(lintSources({ files: ['game.ts'], root: made.root })).toMatchObject([{ level: 'advice', rule: 'bit-operator', fix: expect.anything() }]);
  expect(await fixSources({ files: ['game.ts'], root: made.root })).toMatchObject({ fixed: 0 });
});
