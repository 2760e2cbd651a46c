import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { systemClock, type ProcessId, type SignedItem } from '@beamline/core';
import { createHyperbeam } from '@beamline/ao';
import { createFaultProxy, type FaultKind, type FaultProxy } from '../src/fault-proxy/index.ts';
import { openLocal, type OpenLocal } from './open-local.ts';

const MB = 1024 * 1024;
const LIMIT = 64 * MB;
/** Says back how much it got, its first and last bytes and a sum of all, and gives 5 MB when asked. */
const SOURCE = `
local page = string.rep("0123456789abcde\\n", 5 * 65536)
function compute(base, req)
  local data = req.body.data or ""
  base.length = #data
  base.ends = string.sub(data, 1, 8) .. string.sub(data, -8)
  base.results = { output = { data = req.body.action == "Page" and page or ("got " .. #data) } }
  return base
end`;
const PAGE = '0123456789abcde\n'.repeat(5 * 65_536);

let local: OpenLocal;
let proxy: FaultProxy;
let module: ProcessId;
let game: ProcessId;
beforeAll(async () => {
  local = await openLocal({ limits: { computeMs: 60_000 } });
  proxy = await createFaultProxy({ target: local.server.url, clock: systemClock, seed: 3 });
  module = await local.network.spawn(await local.network.signModule(local.player, SOURCE));
});
beforeEach(async () => {
  proxy.setRules([]);
  // Of its own: whoever looks for a message in a schedule reads the messages around it, whole.
  game = await local.network.spawn(await local.network.signProcess(local.player, { module, tags: [], data: '' }));
});
afterAll(async () => {
  await proxy.close();
  await local.dispose();
});

const client = (url = local.server.url) => createHyperbeam({ url, clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms < 60_000 ? 1 : ms, signal) }, retries: 2 });
const trace = async (of = local) => {
  const { slots, logBytes } = (await (await of.get('/~beamline@1.0/status')).json()) as { slots: number; logBytes: number };
  return { slots, logBytes };
};
/** An item whose body has exactly so many bytes. */
async function itemOf(bytes: number): Promise<SignedItem> {
  const sign = (length: number) => local.network.signMessage(local.player, { target: game, tags: [], data: new Uint8Array(length).fill(0x61) });
  return sign(bytes - (await sign(0)).raw.byteLength);
}

it('takes a body of 64 MB exactly, once though the answer is lost, keeps every byte of it, and refuses one byte more', async () => {
  const item = await itemOf(LIMIT);
  expect(item.raw.byteLength).toBe(LIMIT);
  proxy.setRules([{ fault: { kind: 'lost-reply' }, count: 1, method: 'POST' }]);
  expect(await client(proxy.url).send(item)).toMatchObject({ outcome: 'computed', slot: 1, output: { data: expect.stringMatching(/^got 67108\d{3}$/) } });
  const data = Buffer.from(await (await local.get(`/${item.id}/data`)).arrayBuffer());
  expect(data.equals(Buffer.from(item.raw.subarray(item.raw.byteLength - data.byteLength)))).toBe(true);
  expect(data.byteLength).toBeGreaterThan(LIMIT - 2_000);

  const before = await trace();
  expect((await local.post(`/${game}~process@1.0/schedule`, await itemOf(LIMIT + 1))).status).toBe(413);
  expect(await trace()).toEqual(before);
}, 120_000);

it('holds nothing of a body that is too long: neither when it says so, nor when it does not', async () => {
  // A log of its own: full files of the shared one cool when they like.
  const own = await openLocal();
  const before = await trace(own);
  const rss = process.memoryUsage.rss();
  const chunk = Buffer.alloc(MB);
  for (const headers of [{ 'content-length': 200 * MB }, { 'transfer-encoding': 'chunked' }]) {
    const status = await new Promise<number>((resolve, reject) => {
      const upload = request(`${own.server.url}/push`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
        upload.destroy();
      });
      upload.on('error', reject);
      let sent = 0;
      const more = (): void => {
        if (upload.destroyed || sent === 200) return;
        sent += 1;
        upload.write(chunk, more);
      };
      more();
    });
    expect(status).toBe(413);
  }
  // 64 MB may have been kept until the limit was passed, never the 200.
  expect(process.memoryUsage.rss() - rss).toBeLessThan(150 * MB);
  expect(await trace(own)).toEqual(before);
  await own.dispose();
});

const FAULTS: [string, FaultKind][] = [
  ['nothing', { kind: 'delay', ms: 0 }],
  ['a truncated answer', { kind: 'truncate' }],
  ['a dripping answer', { kind: 'drip', bytes: MB, everyMs: 0 }],
  ['a reset', { kind: 'reset' }],
  ['a lost answer', { kind: 'lost-reply' }],
  ['a 500', { kind: 'status', status: 500 }],
  ['another page', { kind: 'wrong-body', body: '<!DOCTYPE html>' }],
];

it.each(FAULTS)('publishes a module of 1 MB and runs it through %s', async (_, fault) => {
  proxy.setRules([{ fault, count: 1, method: 'POST' }]);
  const network = client(proxy.url);
  const source = `${SOURCE}\n--${'x'.repeat(MB)}`;
  const module = await network.spawn(await network.signModule(local.player, source));
  const process = await network.spawn(await network.signProcess(local.player, { module, tags: [], data: '' }));
  expect(await network.send(await network.signMessage(local.player, { target: process, tags: [], data: 'abc' }))).toMatchObject({ outcome: 'computed', output: { data: 'got 3' } });
  expect((await (await local.get(`/${module}/data`)).text()) === source).toBe(true);
});

it.each(FAULTS)('sends 5 MB and has them whole in Lua, once, through %s', async (_, fault) => {
  const { slots } = await trace();
  const data = Buffer.concat([Buffer.from('FirstOne'), Buffer.alloc(5 * MB, 0x7a), Buffer.from('LastOnes')]);
  proxy.setRules([{ fault, count: 1, method: 'POST' }]);
  const network = client(proxy.url);
  const sent = await network.send(await network.signMessage(local.player, { target: game, tags: [], data }));
  expect(sent).toMatchObject({ outcome: 'computed', output: { data: `got ${data.length}` } });
  expect(await network.read(game, 'ends')).toBe('FirstOneLastOnes');
  expect((await trace()).slots).toBe(slots + 1);
});

/** Reads of a result of 5 MB: the exact bytes, or a Fault. Another page under the right status is the one lie raw text cannot tell. */
it.each(FAULTS)('reads a result of 5 MB exactly through %s, or not at all', async (_, fault) => {
  const sent = await local.network.send(await local.sign(game, 'Page'));
  expect(sent.outcome === 'computed' && sent.output['data'] === PAGE).toBe(true);
  const { slot } = sent;
  const reads: [string, (url: string) => Promise<unknown>][] = [
    ['result', async (url) => (await client(url).result(game, slot))['data']],
    ['resultText', (url) => client(url).resultText(game, slot, 'output/data')],
  ];
  for (const [name, read] of reads) {
    if (name === 'resultText' && fault.kind === 'wrong-body') continue;
    for (const count of [1, 100]) {
      proxy.setRules([{ fault, count, path: /results/ }]);
      const got = await read(proxy.url).catch((error: { name?: string; code?: string }) => error);
      const isWhole = got === PAGE;
      const isFault = typeof got === 'object' && (got as Error).name === 'Fault';
      expect([name, count, isWhole || isFault]).toEqual([name, count, true]);
      if (count === 1) expect([name, isWhole]).toEqual([name, true]);
    }
  }
});
