import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { ESLint, type Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { plugin } from '../../src/lint/eslint-plugin.ts';
import { lintRules, lintSources } from '../../src/lint/index.ts';
import { project } from './project.ts';

const SOURCE = `declare const n: number, m: number;
export const a = (n - 1) % 3;
export const b = n | m;
// beamline-disable-next-line chance: a tool
export const c = Math.random();
export const d = m ? 1 : 2;
`;
const { root, remove } = project({
  'game.ts': SOURCE, 'tsconfig.json': '{"compilerOptions":{"strict":true,"target":"es2024","module":"nodenext","types":[]},"include":["*.ts"]}',
});
afterAll(remove);

const eslint = (config: Linter.Config, options: ESLint.Options = {}) => new ESLint({ cwd: root, overrideConfigFile: true, ...options, overrideConfig: [{ files: ['**/*.ts'], ...config }] });
const typed = { parser: tseslint.parser as Linter.Parser, parserOptions: { projectService: true, tsconfigRootDir: root } };
const recommended = plugin.configs.recommended as unknown as Linter.Config;

it('reports through ESLint what the bundler reports', async () => {
  const [result] = await eslint({ ...recommended, languageOptions: typed }).lintFiles(['game.ts']);
  const own = lintSources({ files: ['game.ts'], root });
  expect(own).toHaveLength(3);
  expect(result?.messages.map(({ ruleId, line, column }) => `${ruleId} ${line}:${column}`)).toEqual(own.map(({ rule, line, column }) => `beamline/${rule} ${line}:${column}`));
});

it('fixes through ESLint, and is clean afterwards', async () => {
  const [result] = await eslint({ ...recommended, languageOptions: typed }, { fix: true }).lintFiles(['game.ts']);
  expect(result?.output).toBe(`import { mod, u32Or } from '@beamline/ecs';
${SOURCE.replace('(n - 1) % 3', 'mod((n - 1), 3)').replace('n | m;', 'u32Or(n, m);').replace('m ?', 'm !== 0 ?')}`);
  expect(result?.messages).toEqual([]);
  expect(readFileSync(join(root, 'game.ts'), 'utf8')).toBe(SOURCE);
});

it('says what is missing when there are no types', async () => {
  const untyped = eslint({ ...recommended, languageOptions: { parser: tseslint.parser as Linter.Parser } });
  await expect(untyped.lintFiles(['game.ts'])).rejects.toThrow('projectService');
});

it('has every rule with its page, and recommends all that is no advice', () => {
  expect(Object.keys(plugin.rules).sort()).toEqual([...lintRules.map(({ name }) => name), 'directive'].sort());
  const advice = lintRules.filter(({ level }) => level === 'advice').map(({ name }) => name);
  for (const [name, rule] of Object.entries(plugin.rules)) {
    expect(rule.meta.docs.url).toBe(`@beamline/bundler/docs/determinism/${name}.md`);
    expect(Object.keys(plugin.configs.recommended.rules).includes(`beamline/${name}`)).toBe(!advice.includes(name));
  }
});
