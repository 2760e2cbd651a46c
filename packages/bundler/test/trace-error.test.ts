import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { textDigest } from '@beamline/ecs';
import { buildRole, type Bundle } from '../src/index.ts';
import { traceError } from '../src/verify/index.ts';
import { playerRequest, processRequest } from './messages.ts';
import { fixtures } from './run-lua.ts';

let bundle: Bundle;
beforeAll(async () => { bundle = await buildRole({ role: 'world', entry: 'world/world.ts', target: 'lua', root: fixtures, lint: 'off' }); }, 120_000);

const trace = (...actions: string[]) => traceError({
  programs: [bundle], schedule: [processRequest(), ...actions.map((action, n) => playerRequest(n + 1, action))].map((req, slot) => ({ slot, timestamp: Number(req['timestamp']), req })),
});
const sourceLine = async (text: string) => (await readFile(join(fixtures, 'world/world.ts'), 'utf8')).split('\n').findIndex((line) => line.includes(text)) + 1;

it('points at the line that raised the last error, and says action, slot and code', async () => {
  const traced = await trace('Join', 'Join', 'Divide', 'Count');
  expect(traced).toMatchObject({ slot: 3, action: 'Divide', error: expect.stringMatching(/^Divide: kernel\/arithmetic: division by zero/) });
  expect(traced?.stack[0]).toMatchObject({ file: 'world/world.ts', line: await sourceLine('Divide:') });
});

it('points into endless loops and recursion', async () => {
  expect((await trace('Spin'))?.stack[0]).toMatchObject({ file: 'world/world.ts', line: await sourceLine('for (let turns = 0; turns >= 0; turns += 1)') });
  expect((await trace('Deep'))?.stack[0]).toMatchObject({ file: 'world/world.ts', line: await sourceLine('function deep(n') });
});

it('has nothing to say where nothing failed', async () => {
  expect(await trace('Join', 'Count', 'Nothing')).toBeUndefined();
  expect(await traceError({ programs: [bundle], schedule: [] })).toBeUndefined();
});

it('points into code that was put in place of the first, and into the first loaded again by an edit', async () => {
  const later = await buildRole({ role: 'world', entry: 'world/world.ts', target: 'lua', root: fixtures, lint: 'off', minify: false });
  const owner = (action: string, tags: Record<string, string> = {}, data = '') => (slot: number) => {
    const request = playerRequest(slot, `Beamline.${action}`, 'o'.repeat(43), { protocol: '1', issued: `${1_700_000_000_000 + slot * 1000}`, ...tags });
    (request['body'] as AoMap)['data'] = data;
    return request;
  };
  const upgrade = (code: string) => [owner('Upgrade-Begin'), owner('Upgrade-Chunk', {}, code), owner('Upgrade-Commit', { code: textDigest(code) })];
  const play = (action: string) => (slot: number) => playerRequest(slot, action);
  for (const code of [later.code, `${bundle.code}\n-- import/1 1-2\n`]) {
    const requests = [() => processRequest(), play('Join'), ...upgrade(code), play('Join'), play('Divide')].map((make, slot) => make(slot));
    const traced = await traceError({ programs: [bundle, later], schedule: requests.map((req, slot) => ({ slot, timestamp: Number(req['timestamp']), req })) });
    expect(traced).toMatchObject({ slot: 6, action: 'Divide' });
    expect(traced?.stack[0]).toMatchObject({ file: 'world/world.ts', line: await sourceLine('Divide:') });
  }
}, 60_000);
