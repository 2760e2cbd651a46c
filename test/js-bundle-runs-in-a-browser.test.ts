import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildRole } from '@beamline/bundler';
import type { AoMap } from '@beamline/core';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { arenaRequests } from '../apps/arena/src/messages.ts';
import { launchChromium } from './chromium.ts';

type Compute = (base: AoMap, req: AoMap) => AoMap;

let browser: Browser;
let server: Server;
let folder: string;
let code: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'js-bundle-'));
  ({ code } = await buildRole({ role: 'world', entry: 'apps/arena/src/v2/world.ts', target: 'js', root: '.' }));
  server = createServer((request, response) => {
    const isBundle = request.url === '/world.mjs';
    response.writeHead(200, { 'content-type': isBundle ? 'text/javascript' : 'text/html' }).end(isBundle ? code : '<!doctype html><title>world</title>');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  browser = await launchChromium();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await new Promise((done) => server.close(done));
  await rm(folder, { recursive: true });
});

it('gives the same answers in Node and in a browser, as it was built', async () => {
  const requests = arenaRequests('world', 200);
  const file = join(folder, 'world.mjs');
  await writeFile(file, code);
  const { compute, role } = await import(pathToFileURL(file).href) as { compute: Compute; role: { name: string } };
  expect(role.name).toBe('world');
  const base: AoMap = {};
  const inNode = requests.map((request) => JSON.stringify(compute(base, structuredClone(request))['results']));

  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const inBrowser = await page.evaluate<string[]>(`(async () => {
    const { compute } = await import('/world.mjs');
    const base = {};
    return ${JSON.stringify(requests)}.map((request) => JSON.stringify(compute(base, request).results));
  })()`);
  await page.close();
  expect(errors).toEqual([]);
  expect(inBrowser).toEqual(inNode);
  expect(inNode.filter((text) => text.includes('"outcome":"ok"')).length).toBeGreaterThan(50);
}, 60_000);
