import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { networkStatus } from '@beamline/ao/local';
import { systemClock } from '@beamline/core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Below the repository, where imports of Beamline's packages lead to their sources. */
const outputs = join(ROOT, 'packages/bundler/dist/test');
const player = ethereumSigner('11'.repeat(32));

interface Said {
  outcome: string;
  changed: string[];
  ms?: number;
  reason?: string;
  instances?: string[];
  error?: { code: string; message: string };
}

let root: string;
let child: ChildProcess;
const lines: Said[] = [];
let heard = (): void => undefined;

const world = (reply: string, fields = 'count: i32', values = 'count: 1') => `import { add, addEntity, component, entityCount, i32, type World } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';
import { greeting } from './greeting.ts';
const Visits = /*#__PURE__*/ component('Visits', { ${fields} });
export default defineRole({
  name: 'world', components: [Visits],
  actions: { Visit: (world: World) => { add(world, addEntity(world), Visits, { ${values} }); return \`\${greeting} ${reply} \${entityCount(world)}\`; } },
});
`;

/** The next thing that is said. */
async function next(): Promise<Said> {
  while (lines.length === 0) await new Promise<void>((resolve) => { heard = resolve; });
  return lines.shift()!;
}

async function visit(): Promise<unknown> {
  const status = await networkStatus(join(root, '.beamline/local/network'), systemClock);
  if (!status.running) throw new Error('the network does not run');
  const network = createHyperbeam({ url: status.url, clock: systemClock });
  const target = await network.resolve('visits-world-0-local');
  const delivery = await network.send(await network.signMessage(player, { target: target!, tags: [{ name: 'Action', value: 'Visit' }], data: '' }));
  return delivery.outcome === 'computed' ? delivery.output['data'] : delivery;
}

const write = (name: string, text: string) => writeFile(join(root, name), text);

beforeAll(async () => {
  await mkdir(outputs, { recursive: true });
  root = await mkdtemp(join(outputs, 'dev-'));
  await write('greeting.ts', "export const greeting = 'hello';\n");
  await write('world.ts', world('first'));
  await write('beamline.config.ts', `import { defineConfig } from '@beamline/stack';
export default defineConfig({ game: 'visits', version: '1.0.0', roles: { world: { entry: 'world.ts' } }, environments: { local: { network: { kind: 'local' } } } });
`);
  child = spawn(process.execPath, ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', join(ROOT, 'apps/cli/src/main.ts'), 'dev', '--json'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(JSON.parse(line) as Said);
    heard();
  });
  expect(await next()).toMatchObject({ outcome: 'complete', instances: ['world-0'] });
}, 240_000);
afterAll(async () => {
  if (child.exitCode === null) child.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

it('swaps new code into the running process and keeps its state, and the old code through whatever does not build', async () => {
  expect(await visit()).toBe('hello first 1');
  await write('world.ts', world('second'));
  expect(await next()).toMatchObject({ outcome: 'complete', changed: [join(root, 'world.ts')], instances: ['world-0'] });
  expect(await visit()).toBe('hello second 2');

  await write('world.ts', world('${1 + }'));
  expect(await next()).toMatchObject({ outcome: 'not-built', error: { code: 'bundler/syntax-error', message: expect.stringContaining('world.ts:7:') } });
  await write('world.ts', world('third'));
  await next();
  await write('greeting.ts', "export const greeting: number = 'hi';\n");
  expect(await next()).toMatchObject({ outcome: 'not-built', error: { code: 'bundler/type-error', message: expect.stringContaining('greeting.ts:1:14') } });
  expect(await visit()).toBe('hello third 3');

  await write('greeting.ts', "export const greeting = 'hi';\n");
  expect(await next()).toMatchObject({ outcome: 'complete', ms: expect.any(Number) });
  expect(await visit()).toBe('hi third 4');
}, 240_000);

it('leaves the process alone where its data would need a migration, and goes on when the layout is as it was', async () => {
  await write('world.ts', world('wide', 'count: i32, more: i32', 'count: 1, more: 2'));
  expect(await next()).toMatchObject({ outcome: 'needs-migration', instances: ['world-0'] });
  expect(await visit()).toBe('hi third 5');
  await write('world.ts', world('narrow', 'total: i32', 'total: 1'));
  expect(await next()).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('deployer/layout-forbidden') });
  await write('world.ts', world('again'));
  expect(await next()).toMatchObject({ outcome: 'complete' });
  expect(await visit()).toBe('hi again 6');
}, 240_000);

it('ends with Ctrl-C, and the network that it started with it', async () => {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(await networkStatus(join(root, '.beamline/local/network'), systemClock)).toMatchObject({ running: false });
}, 60_000);
