import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createVm } from '@beamline/vm';
import { buildLuaProgram } from '../../src/build-lua.ts';
import { lintRules, lintSources, type LintFinding } from '../../src/lint/index.ts';
import { createModuleResolver } from '../../src/module-resolver.ts';
import { shakeModules } from '../../src/shake.ts';
import { readPages } from './page.ts';
import { project } from './project.ts';

const pages = readPages();
const files = Object.fromEntries(pages.flatMap(({ rule, bad, good }) => [[`bad/${rule}.ts`, bad], [`good/${rule}.ts`, good]]));
const { root, remove } = project(files);
afterAll(remove);

it('has a page for every rule, and a rule for every page', () => {
  expect(pages.map(({ rule }) => rule)).toEqual(lintRules.map(({ name }) => name).sort());
  for (const { rule, text } of pages) {
    expect(text).toContain(`\`determinism/${rule}\``);
    expect(text).toContain(`beamline-disable-next-line ${rule}: `);
    expect(text).toContain('Fine to silence: ');
  }
});

describe('the examples', () => {
  let findings: LintFinding[];
  beforeAll(() => {
    findings = lintSources({ files: Object.keys(files), root });
  });

  it.each(pages.map(({ rule }) => rule))('%s: the bad one is found, the good one is clean', (rule) => {
    expect(findings.filter(({ file }) => file === `bad/${rule}.ts`).map((finding) => finding.rule)).toContain(rule);
    expect(findings.filter(({ file }) => file === `good/${rule}.ts`)).toEqual([]);
  });
});

/** Runs `run` of a module in JavaScript. */
async function javascript(file: string): Promise<string> {
  const { code } = await shakeModules({ entry: file, root, resolver: createModuleResolver('js'), virtual: new Map(), define: {} });
  const { run } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`) as { run: () => string };
  return run();
}

/** Runs several in one Lua under the node's profile; what is refused, or fails, is told as such. */
async function lua(names: readonly string[]): Promise<string[]> {
  const calls = names.map((name, i) => `import { run as run${i} } from ${JSON.stringify(join(root, name))};\ndeclare let start${i}: () => string;\nstart${i} = () => run${i}();`);
  const start = `${calls.join('\n')}\ndeclare let compute: (base: object) => object;\ncompute = (base) => base;\n`;
  try {
    const { code } = await buildLuaProgram({ role: 'pages', entry: join(root, 'main.ts'), root, minify: false, define: {} }, start);
    const vm = await createVm({ code });
    const values: string[] = [];
    for (const [i] of names.entries()) values.push(await vm.call(`start${i}`).then(String, (error: unknown) => `fails: ${String(error)}`));
    await vm.close();
    return values;
  } catch (error) {
    return names.map(() => `refused: ${String(error)}`);
  }
}

/** Refused when they are compiled: each needs a build of its own. */
const REFUSED = ['regex', 'syntax-without-lua'];

it('gives the same for every good example in JavaScript and in Lua', async () => {
  const values = await lua(pages.map(({ rule }) => `good/${rule}.ts`));
  for (const [i, { rule }] of pages.entries()) expect([rule, values[i]]).toEqual([rule, await javascript(join(root, `good/${rule}.ts`))]);
});

it('gives something else, or fails, in Lua for the bad examples that say so', async () => {
  const differing = pages.filter(({ rule, differs }) => differs && !REFUSED.includes(rule)).map(({ rule }) => rule);
  expect(differing.length).toBeGreaterThanOrEqual(15);
  const values = await lua(differing.map((rule) => `bad/${rule}.ts`));
  expect(values.filter((value) => value.startsWith('refused'))).toEqual([]);
  for (const [i, rule] of differing.entries()) expect([rule, values[i]]).not.toEqual([rule, await javascript(join(root, `bad/${rule}.ts`))]);
});

it.each(REFUSED)('cannot be built for Lua: %s', async (rule) => {
  const [value] = await lua([`bad/${rule}.ts`]);
  expect(value).toMatch(/^refused: Fault: bad.*bundler.unsupported/);
});
