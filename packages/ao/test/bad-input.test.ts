import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { silentLogger, type ProcessId } from '@beamline/core';
import { forge, forgeWithKeyOf, type ForgedSpec } from './forge-item.ts';
import { openLocal, type OpenLocal } from './open-local.ts';
import { postHead, rawRequest, type RawStatus } from './raw-request.ts';

/** Errors nobody foresaw, as the network logs them. */
const crashes: string[] = [];
const UNKNOWN = `${'U'.repeat(42)}A`;
const LIMIT = 64 * 1024;
let local: OpenLocal;
let game: ProcessId;
let lost: ProcessId;

beforeAll(async () => {
  local = await openLocal({ limits: { bodyBytes: LIMIT }, logger: { ...silentLogger, error: (text, fields) => void crashes.push(`${text} ${JSON.stringify(fields)}`) } });
  game = await local.spawn();
  await local.network.send(await local.sign(game, 'Inc'));
  // A process whose module is nowhere: the node takes it, and cannot run it.
  lost = await local.network.spawn(await local.network.signProcess(local.player, { module: UNKNOWN, tags: [], data: '' }));
});
afterAll(() => local.dispose());

/** Everything a request can leave behind: slots of all processes, names, stuck processes, bytes of the log, tasks. */
const trace = async () => {
  const { processes, slots, bricked, logBytes, aliases, cronTasks, forks } = (await (await local.get('/~beamline@1.0/status')).json()) as Record<string, unknown>;
  return { processes, slots, bricked, logBytes, aliases, cronTasks, forks };
};

/** Runs something that has to leave no trace, and that the network has to foresee. */
async function untouched<T>(work: () => Promise<T>): Promise<T> {
  const before = await trace();
  const result = await work();
  expect(await trace()).toEqual(before);
  expect(crashes.splice(0)).toEqual([]);
  return result;
}

const push = (to = game) => `/${to}~process@1.0/push`;
const item = async (spec: Partial<ForgedSpec> = {}) => (await forge({ signer: local.player, target: game, tags: [['Action', 'Inc']], ...spec })).raw;
const post = async (raw: Uint8Array, path = push()): Promise<number> => {
  const answer = await local.post(path, { raw } as never);
  await answer.arrayBuffer();
  return answer.status;
};
const plain = async (path: string, init: RequestInit = {}): Promise<number> => {
  const answer = await fetch(local.server.url + path, init);
  await answer.arrayBuffer();
  return answer.status;
};
const names = (n: number) => Array.from({ length: n }, (_, i) => [`t${i}`, 'v'] as const);
const changed = (raw: Buffer, at: number, change: (byte: number) => number) => {
  const copy = Buffer.from(raw);
  copy[at] = change(copy[at] as number);
  return copy;
};
/** One tag whose serialised list takes exactly so many bytes. */
const tagsOf = async (bytes: number) => {
  const { tagBytes } = await forge({ signer: local.player, target: game, tags: [['Action', 'x'.repeat(4_000)]] });
  return [['Action', 'x'.repeat(4_000 + bytes - tagBytes)]] as const;
};

/** What is posted, where, and what the answer is. */
type Row = [what: string, status: number, send: () => Promise<number>];

const ITEMS: Row[] = [
  ['no body', 400, () => plain(push(), { method: 'POST' })],
  ['an unsigned message', 400, () => plain(`${push()}&action=Inc`, { method: 'POST', body: 'x' })],
  ['an unsigned message that says it is an item', 400, () => post(Buffer.from('not an item'))],
  ['an item that nobody signed', 400, async () => post((await item()).fill(0, 2, 67))],
  ['an item with the signature of another', 400, async () => { const raw = await item(); return post(Buffer.concat([raw.subarray(0, 2), (await item({ data: 'other' })).subarray(2, 67), raw.subarray(67)])); }],
  ['an item with other data', 400, async () => { const raw = await item(); return post(changed(raw, raw.length - 1, (byte) => byte ^ 1)); }],
  ['an item with another target', 400, async () => post(changed(await item(), 140, (byte) => byte ^ 1))],
  ['an item with data added', 400, async () => post(Buffer.concat([await item(), Buffer.from('more')]))],
  ['an item whose count of tags is 0', 400, async () => post(await item({ count: 0 }))],
  ['an item whose count of tags is too high', 400, async () => post(await item({ count: 2 }))],
  ['an item whose count of tags is beyond integers', 400, async () => post(await item({ count: 2 ** 53 }))],
  ['129 tags', 400, async () => post(await item({ tags: names(129) }))],
  ['4,097 bytes of tags', 400, async () => post(await item({ tags: await tagsOf(4_097) }))],
  ['an RSA-2048 item', 400, () => post(forgeWithKeyOf(2_048, game, false))],
  ['an RSA-2048 item padded to the size of an RSA-4096 one', 400, () => post(forgeWithKeyOf(2_048, game, true))],
  ['an RSA-1024 item padded', 400, () => post(forgeWithKeyOf(1_024, game, true))],
  ['an RSA item whose key is zeros', 400, async () => post(Buffer.concat([Buffer.from([1, 0]), Buffer.alloc(1_024), Buffer.alloc(2), Buffer.alloc(16)]))],
  ['an RSA item whose key is an even number', 400, async () => post(Buffer.concat([Buffer.from([1, 0]), Buffer.alloc(512, 7), Buffer.alloc(512, 0xfe), Buffer.alloc(18)]))],
  ['an Ethereum item whose key is no point', 400, async () => post((await item()).fill(0xff, 68, 132))],
  ['an owner of 64 bytes', 400, async () => { const raw = await item(); return post(Buffer.concat([raw.subarray(0, 131), raw.subarray(132)])); }],
  ['an owner of 66 bytes', 400, async () => { const raw = await item(); return post(Buffer.concat([raw.subarray(0, 132), Buffer.from([7]), raw.subarray(132)])); }],
  ...[0, 2, 4, 5, 6, 7, 101, 255, 65_535].map((type): Row => [`signature type ${type}`, 400, async () => {
    const raw = await item();
    raw.writeUInt16LE(type, 0);
    return post(raw);
  }]),
  ['an item for a process that is nowhere', 500, async () => post(await item({ target: UNKNOWN }), push(UNKNOWN))],
  ['an item for a process that is nowhere, at the path of one that is', 500, async () => post(await item({ target: UNKNOWN }))],
  ['an item for nobody that creates nothing', 400, async () => post(await item({ target: '' }), '/push')],
  ['a broken item as a process', 400, () => post(Buffer.alloc(100, 1), '/push')],
  ['a redelivery of a slot that is no number', 400, () => plain(`${push()}?slot=x`, { method: 'POST' })],
  ['a redelivery of a slot that is to come', 404, () => plain(`${push()}&slot=999`, { method: 'POST' })],
  ['a redelivery at a process that is nowhere', 500, () => plain(`${push(UNKNOWN)}?slot=0`, { method: 'POST' })],
];

const ODD_PATHS: [path: string, status: number][] = [
  ['/nowhere', 404], ['/..', 404], ['/../../etc/passwd', 404], ['/operator.json', 404], ['/snapshots', 404], ['/network.log', 404], ['/%2e%2e/%2e%2e/etc/passwd', 404], ['/..%2f..%2fetc%2fpasswd', 404], ['//etc/passwd', 404],
  ['/%', 400], ['/%zz', 400], ['/%c3%28', 400], ['/%00', 404], [`/${'x'.repeat(512)}`, 404], [`/${'x'.repeat(513)}`, 400], [`/${'x'.repeat(12_000)}`, 400], [`/${'a/'.repeat(4_000)}`, 404],
  [`/${'A'.repeat(42)}`, 404], [`/${'A'.repeat(44)}`, 404], [`/${UNKNOWN}`, 500], [`/${UNKNOWN}~process@1.0/now`, 500], [`/${UNKNOWN}~process@1.0/schedule`, 500], ['/~nothing@1.0/x', 500],
  ['/~process@1.0/..', 500], ['/~meta@1.0/nothing', 404], ['/~meta@1.0/info/__proto__', 404], ['/~local-name@1.0/__proto__', 404], ['/~local-name@1.0/lookup', 404], ['/~hyperbuddy@1.0/nothing', 500],
];
const ODD_KEYS: [path: string, status: number][] = [
  ['now/nothing', 404], ['now/__proto__', 404], ['now/constructor', 404], ['now/toString/call', 404], ['compute/__proto__/polluted', 404], ['..', 404], ['%2e%2e', 404], ['..%2f..%2fnetwork.log', 404],
  ['%2fnow', 404], ['now%2fcount', 404], ['now%00', 404], ['now/count%00', 404], [`now/${'k'.repeat(513)}`, 400], ['compute=-1', 400], ['compute=1e9', 400], ['compute=0x1', 400], ['compute=', 400],
  ['compute=99999999999999999', 400], ['compute=999', 404], ['compute&slot=x', 400], ['slot/nothing', 404], ['slot', 404], ['as=execution/compute', 500], ['schedule?from=x', 400], ['schedule?from=-1', 400], ['schedule?to=1.5', 400],
];
/** As it is: a client would take dots out of a path before it asks. */
const get = async (path: string): Promise<number> => Number(await rawRequest(local.server.url, [`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`], 'wait'));
const LEGACY: [path: () => string, status: number][] = [
  [() => `/su/${game}?from-nonce=0.5`, 200], [() => `/su/${game}?from-nonce=-7&to-nonce=1e99&limit=0.1`, 200], [() => `/su/${game}?limit=-1`, 200], [() => `/su/${game}?from=x&to=y`, 200], [() => `/su/${UNKNOWN}`, 404],
  [() => `/cu/results/${game}?limit=-1`, 200], [() => `/cu/results/${game}?limit=0.5&from=x`, 200], [() => `/cu/results/${game}?from=%00`, 200], [() => `/cu/result/${UNKNOWN}?process-id=${game}`, 404], [() => '/cu/result/x', 404],
  [() => '/mu/..', 200], [() => '/gw/..', 404], [() => '/gw/%2e%2e/network.log', 404], [() => '/gw/tx/x/status', 404], [() => '/su/%zz', 404],
];
const graphql = (body: string): Promise<number> => plain('/gw/graphql', { method: 'POST', body });
const PATHS: Row[] = [
  ...ODD_PATHS.map(([path, status]): Row => [`GET ${path.slice(0, 60)}`, status, () => get(path)]),
  ...ODD_KEYS.map(([key, status]): Row => [`GET of a process: ${key.slice(0, 40)}`, status, () => get(`/${game}~process@1.0/${key}`)]),
  ...LEGACY.map(([path, status]): Row => [`GET of a legacy unit: ${path().replace('undefined', '<game>').replace(UNKNOWN, '<unknown>')}`, status, () => get(path())]),
  ...['', 'x', '{', '{"variables":{"tags":7}}', '{"variables":{"owners":[[]],"tags":[null]}}', '{"variables":{"tags":[],"block":1}}'].map((body): Row => [`the query '${body}'`, 400, () => graphql(body)]),
  ...['null', '7', '[]', '{}', '{"variables":null}', '{"variables":7,"query":7}', '{"query":null,"variables":{"ids":[null,7,{}]}}', '{"variables":{"first":-1,"after":{},"owners":null}}'].map((body): Row => [`the query ${body}`, 200, () => graphql(body)]),
  ['GET now of a process without a module', 500, () => plain(`/${lost}~process@1.0/now`)],
  ['GET compute of a process without a module', 500, () => plain(`/${lost}~process@1.0/compute/count`)],
];

const GARBAGE: [name: string, body: Uint8Array][] = [
  ['text', Buffer.from('garbage')], ['zeros', Buffer.alloc(2_000)], ['bytes', Buffer.from(Array.from({ length: 2_000 }, (_, i) => (i * 197 + (i >> 3)) % 256))],
  ['open JSON', Buffer.from('{"a":')], ['null', Buffer.from('null')], ['a list', Buffer.from('[1,[2]]')], ['odd JSON', Buffer.from('{"variables":null,"query":7,"Tags":"x","__proto__":1}')],
];
const FINE = 200;
/** What each route says of a body that is nothing, as an item and as text. */
const ROUTES: [path: () => string, asItem: number, asText: number][] = [
  [() => '/', 400, FINE], [() => '/push', 400, 400], [() => '/schedule', 400, 400], [() => '/~process@1.0/push', 400, 400], [() => push(), 400, 400], [() => `/${game}/push`, 400, 400],
  [() => `/${game}~process@1.0/schedule`, 400, 400], [() => '/~local-name@1.0/register', 400, 403], [() => '/~beamline@1.0/fork', 400, 400], [() => `/~beamline@1.0/fork?process=${UNKNOWN}`, 400, 400],
  [() => '/~beamline@1.0/brick', 400, 404], [() => `/~beamline@1.0/brick?process=${UNKNOWN}`, 400, 404], [() => '/~beamline@1.0/nothing', 400, 404], [() => '/~bundler@1.0/tx', 400, 400],
  [() => '/~cron@1.0/every', 400, 400], [() => '/~cron@1.0/stop', 400, 400], [() => '/~relay@1.0/call', 400, 400], [() => '/nowhere', 400, 404], [() => `/${UNKNOWN}~process@1.0/push`, 400, 500],
  [() => '/mu', 400, 400], [() => '/mu?process-id=x&assign=y', 501, 501], [() => `/mu/push/x?process-id=${UNKNOWN}`, 404, 404], [() => '/cu/dry-run', 404, 404], [() => `/cu/dry-run?process-id=${UNKNOWN}`, 404, 404],
  [() => '/su', 405, 405], [() => '/gw/tx', 400, 400], [() => '/gw/nothing', 404, 404],
];

/** Bytes that no client sends. */
const WIRE: [what: string, status: RawStatus, send: () => Promise<RawStatus>][] = [
  ['a body that is shorter than it says, and ends', 400, async () => rawRequest(local.server.url, [postHead(push(), { 'content-length': 9_999 }), await item()])],
  ['a body that is shorter than it says, and breaks', 'closed', async () => rawRequest(local.server.url, [postHead(push(), { 'content-length': 9_999 }), await item()], 'destroy')],
  ['an upload given up in its head', 'closed', () => rawRequest(local.server.url, [postHead(push(), { 'content-length': 100 }).slice(0, 60)], 'destroy')],
  ['a chunked upload given up', 'closed', async () => rawRequest(local.server.url, [postHead(push(), { 'transfer-encoding': 'chunked' }), 'ffff\r\n', await item()], 'destroy')],
  ['a body that is longer than it says', 400, async () => rawRequest(local.server.url, [postHead(push(), { 'content-length': 50 }), await item()], 'wait')],
  ['a length that is no number', 400, async () => rawRequest(local.server.url, [postHead(push(), { 'content-length': 'many' }), await item()], 'wait')],
  ['a length below zero', 400, async () => rawRequest(local.server.url, [postHead(push(), { 'content-length': -1 }), await item()], 'wait')],
  ['two lengths', 400, async () => rawRequest(local.server.url, [postHead(push(), { 'content-length': 5, 'Content-Length': 6 }), await item()], 'wait')],
  ['a length and chunks', 400, async () => rawRequest(local.server.url, [postHead(push(), { 'content-length': 5, 'transfer-encoding': 'chunked' }), await item()], 'wait')],
  ['a chunk whose size is no number', 400, () => rawRequest(local.server.url, [postHead(push(), { 'transfer-encoding': 'chunked' }), 'zz\r\nxx\r\n'], 'wait')],
  ['a length beyond the limit, before a byte of it comes', 413, () => rawRequest(local.server.url, [postHead(push(), { 'content-length': 2 ** 50 })], 'wait')],
  ['chunks without an end', 413, () => rawRequest(local.server.url, [postHead(push(), { 'transfer-encoding': 'chunked' }), ...Array.from({ length: 20 }, () => `1000\r\n${'x'.repeat(4096)}\r\n`)], 'wait')],
  ['a NUL in the path', 400, () => rawRequest(local.server.url, ['GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n'], 'wait')],
  ['a path of 100,000 bytes', 431, () => rawRequest(local.server.url, [`GET /${'x'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`], 'wait')],
  ['headers of 100,000 bytes', 431, () => rawRequest(local.server.url, [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`], 'wait')],
  ['no HTTP at all', 400, () => rawRequest(local.server.url, ['\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'], 'wait')],
  ['nothing', 'closed', () => rawRequest(local.server.url, [])],
];

it.each([...ITEMS, ...PATHS])('answers %s with %i, and keeps nothing of it', async (_, status, send) => {
  expect(await untouched(send)).toBe(status);
});

it.each(WIRE)('meets %s with %s, and keeps nothing of it', async (_, status, send) => {
  expect(await untouched(send)).toBe(status);
  expect(await plain('/~meta@1.0/info/address')).toBe(200);
});

it.each(ROUTES.map(([path, asItem, asText]) => [path().replace(UNKNOWN, '<unknown>').replace('undefined', '<game>'), asItem, asText, path] as const))(
  'answers garbage posted to %s with %i as an item and %i as text, and keeps nothing of it',
  async (_, asItem, asText, path) => {
    for (const [name, body] of GARBAGE) {
      const bytes = body as Uint8Array<ArrayBuffer>;
      expect([name, await untouched(() => post(bytes, path())), await untouched(() => plain(path(), { method: 'POST', body: bytes }))]).toEqual([name, asItem, asText]);
      for (const method of ['PUT', 'DELETE', 'OPTIONS']) expect(await untouched(() => plain(path(), { method, body: bytes }))).toBeGreaterThanOrEqual(200);
    }
  },
);

it('refuses an item cut off or changed at any byte', () => untouched(async () => {
  const raw = await item();
  for (let at = 0; at < raw.length; at += 3) {
    expect([at, await post(changed(raw, at, (byte) => byte ^ 4)), await post(raw.subarray(0, at))]).toEqual([at, 400, 400]);
  }
}), 30_000);

it('takes 128 tags, 4,096 bytes of tags, the same tag twice, and items in whatever order and as often as they come', async () => {
  const { slots: before } = (await trace()) as { slots: number };
  expect(await post(await item({ tags: names(128) }))).toBe(200);
  expect(await post(await item({ tags: await tagsOf(4_096) }))).toBe(200);
  expect(await post(await item({ tags: [['Action', 'Inc'], ['Action', 'Other']] }))).toBe(200);
  const items = [await item(), await item(), await item()];
  for (const i of [2, 0, 1, 0]) expect(await post(items[i] as Buffer)).toBe(200);
  expect(((await trace()) as { slots: number }).slots).toBe(before + 7);
  expect(crashes).toEqual([]);
});

it('takes a body that comes slowly, byte by byte, while it answers others', async () => {
  const raw = await item();
  const slow = rawRequest(local.server.url, [postHead(push(), { 'content-length': raw.length }), ...Array.from(raw, (_, i) => raw.subarray(i, i + 1))], 'wait');
  expect(await plain(`/${game}~process@1.0/now/count`)).toBe(200);
  expect(await slow).toBe(200);
});

it.each(['/push', '/nowhere', '/~local-name@1.0/register', '/~beamline@1.0/fork', '/gw/tx', '/mu'])('answers 413 to a body one byte over the limit at %s, and reads the next request', async (path) => {
  expect(await untouched(() => post(new Uint8Array(LIMIT + 1), path))).toBe(413);
  expect(await untouched(() => post(new Uint8Array(LIMIT), path))).not.toBe(413);
});
