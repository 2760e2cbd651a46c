import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { lintProgram } from '../../src/lint/lint-program.ts';
import { hasLiveCode } from '../../src/liveness/live-code.ts';
import { liveProgram } from '../../src/liveness/live-program.ts';
import { isJson } from '../../src/liveness/module-graph.ts';
import { createModuleResolver } from '../../src/module-resolver.ts';
import { createProgram } from '../../src/ts-program.ts';

const root = new URL('../../../../', import.meta.url).pathname.replace(/\/$/, '');
const arena = join(root, 'apps/arena/src');

it('finds nothing in what the arena, ecs and kernel bring into Lua, on every host', () => {
  const roles = ['v1', 'v2', 'v3'].flatMap((version) => readdirSync(join(arena, version)).filter((name) => /^(world|battle)\.ts$/.test(name)).map((name) => join(arena, version, name)));
  const entry = join(arena, '__beamline_lint__.ts');
  const start = `${roles.map((file, i) => `import role${i} from ${JSON.stringify(file)};`).join('\n')}
import * as ecs from '@beamline/ecs';
import { createAosProcess, createProcess } from '@beamline/kernel';
declare let start: unknown[];
start = [${roles.map((_, i) => `role${i}`).join(', ')}, createProcess, createAosProcess, ecs.loadPageText, ecs.pageText, ecs.u32Mul, ecs.mod];
`;
  const input = { entry, root, resolver: createModuleResolver('lua'), virtual: new Map([[entry, start]]), define: {} };
  const program = createProgram(input);
  const { dead } = liveProgram(program, input);
  const files = program.getSourceFiles().filter((file) => !file.isDeclarationFile && !isJson(file) && file.fileName !== entry && hasLiveCode(file, dead));
  expect(files.map(({ fileName }) => fileName).filter((name) => /(kernel|ecs)[/]src/.test(name)).length).toBeGreaterThan(30);
  const findings = lintProgram({ program, files, root, isDead: (node) => dead.has(node) });
  expect(findings.map(({ file, line, code, level }) => `${file}:${line} ${level} ${code}`)).toEqual([]);
});
