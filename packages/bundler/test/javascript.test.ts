import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { buildRole } from '../src/index.ts';
import { playerRequest, processRequest } from './messages.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

/** The JavaScript bundle of a role whose action `Go` gives what `body` returns. */
async function bundleOf(lines: string, body: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'beamline-javascript-'));
  folders.push(root);
  await writeFile(join(root, 'kind.ts'), "export enum Kind { Hero = 'UNUSED_HERO', Beast = 'UNUSED_BEAST' }\n");
  await writeFile(join(root, 'role.ts'), `import { defineRole } from '@beamline/kernel';\n${lines}\nexport default defineRole({ name: 'small', components: [], actions: { Go: () => { ${body} } } });\n`);
  return (await buildRole({ role: 'small', entry: 'role.ts', root, target: 'js' })).code;
}

async function answer(code: string): Promise<AoMap> {
  const { compute } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`) as { compute: (base: object, request: AoMap) => { results: { output: AoMap } } };
  return compute(compute({}, processRequest()), playerRequest(1, 'Go')).results.output;
}

it('leaves out what is only read or set for nothing', async () => {
  const code = await bundleOf("import { Kind } from './kind.ts';\nconst order = [Kind.Hero, Kind.Beast];\nconst counter = { UNUSED_COUNT: 0 };\nfunction count(): void { counter.UNUSED_COUNT += 1; }", "try { count(); } catch { return 'no'; } return 'yes';");
  expect(code).not.toContain('UNUSED');
  expect(await answer(code)).toEqual({ outcome: 'ok', data: 'yes' });
});

it('makes arrows of function expressions, but not of constructors', async () => {
  const plain = await bundleOf('const twice = [function (value: number) { return value * 2; }];', 'return `${twice.map((each) => each(21)).join()} ${twice.length}`;');
  expect(plain).toMatch(/\[\w+=>2\*\w+\]/);
  expect(await answer(plain)).toEqual({ outcome: 'ok', data: '42 1' });
  const old = await bundleOf("const Old = function () {} as unknown as { new (): { name(): string }; prototype: { name(): string } };\nOld.prototype.name = () => 'old';", 'return new Old().name();');
  expect(await answer(old)).toEqual({ outcome: 'ok', data: 'old' });
});
