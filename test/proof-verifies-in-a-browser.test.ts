import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createMemoryStore, prove, writeImage } from '@beamline/persistence';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';

let browser: Browser;
let server: Server;
const files = new Map<string, { type: string; body: string | Uint8Array }>();

beforeAll(async () => {
  const source = await readFile(new URL('../packages/persistence/src/proof/verify-proof.ts', import.meta.url), 'utf8');
  files.set('/', { type: 'text/html', body: '<!doctype html><title>proof</title>' });
  files.set('/verify-proof.js', { type: 'text/javascript', body: stripTypeScriptTypes(source) });
  server = createServer(({ url = '/' }, response) => {
    const file = files.get(url);
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': file?.type ?? 'text/plain' }).end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => server.close(resolve));
});

it('checks a proof with nothing but the page’s own cryptography', async () => {
  const store = createMemoryStore();
  const image = {
    slot: 3, layout: 'l',
    tables: [{ name: 'Purse', rows: 2, columns: [{ name: '$entity', kind: 'eid' as const }, { name: 'gold', kind: 'i53' as const }, { name: 'owner', kind: 'str' as const }], data: [[7, 8], [-5, 2 ** 50], ['ann', 'Bö']], stamps: [1] }],
  };
  const { ref, root } = await writeImage({ store, image, game: 'g', role: 'r', process: 'p'.repeat(43) });
  const { file } = await prove({ store, ref, entity: 8, component: 'Purse' });
  files.set('/purse.proof', { type: 'application/octet-stream', body: file });

  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const told = await page.evaluate(`(async () => {
    const { verifyProof } = await import('/verify-proof.js');
    const file = new Uint8Array(await (await fetch('/purse.proof')).arrayBuffer());
    const good = await verifyProof(file, { root: ${JSON.stringify(root)} });
    file[file.length - 1] ^= 1;
    const bad = await verifyProof(file, { root: ${JSON.stringify(root)} }).catch((error) => error.message);
    return { values: good.values, bad };
  })()`);
  expect(told).toEqual({ values: { gold: 2 ** 50, owner: 'Bö' }, bad: 'not proved: the root is another' });
}, 60_000);
