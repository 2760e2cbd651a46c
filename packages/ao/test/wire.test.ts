import { afterEach, expect, it } from '@jest/globals';
import { systemClock } from '@beamline/core';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { reply, scriptedNode, type Script } from './scripted-node.ts';

const PROCESS = `${'p'.repeat(42)}A`;
const ADDRESS = 'a'.repeat(43);
let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

async function client(script: Script) {
  const node = await scriptedNode(script);
  close = node.close;
  return createHyperbeam({ url: node.url, clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms < 60_000 ? 0 : ms, signal) }, retries: 2 });
}

it('puts values in place of links, however deep', async () => {
  const [outer, inner] = ['o'.repeat(43), 'i'.repeat(43)];
  const network = await client(({ path }) => {
    if (path.startsWith(`/${outer}?`)) return reply(200, { hp: 5, 'bag+link': inner, commitments: {}, status: 200 });
    if (path.startsWith(`/${inner}?`)) return reply(200, { 1: 'sword', 2: 'rope' });
    if (path.includes('/results?')) return reply(200, { 'output+link': outer });
    return reply(200, { 'ann+link': outer, 'note+link': 'not an id' });
  });
  expect(await network.read(PROCESS, 'players')).toEqual({ ann: { hp: 5, bag: ['sword', 'rope'] }, 'note+link': 'not an id' });
  expect(await network.result(PROCESS, 1)).toEqual({ hp: 5, bag: '["sword","rope"]' });
});

it('reads what a node wraps and marks: the answer’s status, types, booleans as text', async () => {
  const network = await client(({ path }) => {
    if (path.includes('/compute/yes')) return reply(200, { 'ao-result': 'body', 'ao-types': 'body="atom"', body: 'true', status: 200 });
    if (path.includes('/compute/shape')) return reply(200, { 'ao-types': 't="atom", x="atom", n="integer"', t: 'false', x: 'undefined', n: 1, c: { 'ao-types': 'd="atom"', d: 'true' }, status: 200 });
    if (path.includes('/compute/list')) return reply(200, { 1: 1, 2: 2, status: 200, commitments: {} });
    if (path.includes('/compute/status')) return reply(200, { status: 7, hp: 1 });
    return reply(200, { output: { 'ao-types': 't="atom"', t: 'true', f: '1.50000000000000000000e+00' } });
  });
  expect(await network.read(PROCESS, 'yes')).toBe(true);
  expect(await network.read(PROCESS, 'shape')).toEqual({ t: false, x: 'undefined', n: 1, c: { d: true } });
  expect(await network.read(PROCESS, 'list')).toEqual([1, 2]);
  expect(await network.read(PROCESS, 'status')).toEqual({ status: 7, hp: 1 });
  expect(await network.result(PROCESS, 1)).toEqual({ t: 'true', f: 1.5 });
});

it('refuses links that lead nowhere or never end', async () => {
  const network = await client(({ path }) => (path.includes('/compute/gone') ? reply(200, { 'a+link': 'g'.repeat(43) }) : path.startsWith('/ggg') ? reply(404) : reply(200, { 'x+link': 'x'.repeat(43), 'y+link': 'y'.repeat(43) })));
  await expect(network.read(PROCESS, 'gone')).rejects.toMatchObject({ code: 'ao/no-link' });
  await expect(network.read(PROCESS, 'loop')).rejects.toMatchObject({ code: 'ao/bad-answer' });
});

const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
const json = (body: string) => reply(200, body, { 'content-type': 'application/json' });
const GARBAGE = ['', 'null', '[]', '7', '"text"', '{', '<html>', '\u0000\u0001', deep, '{"assignments":[]}', '{"assignments":{"0":null}}', '{"assignments":{"0":{"slot":"0"}}}',
  `{"assignments":{"0":{"process":"${PROCESS}","slot":0.5,"timestamp":-1,"body":{"commitments":[null]}}}}`, '{"output":null,"body":null,"address":{}}'];

it.each(GARBAGE.map((body) => [body.length > 60 ? `${body.slice(0, 40)}…` : body, body]))('makes a Fault or a plain value of %j, never a crash', async (_, body) => {
  const network = await client(() => json(body));
  const reads = [
    network.read(PROCESS, 'key'), network.result(PROCESS, 1), network.slots(PROCESS), network.node(), network.resolve('arena'),
    network.schedule(PROCESS)[Symbol.asyncIterator]().next(),
  ];
  for (const outcome of await Promise.allSettled(reads)) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'Fault', code: expect.stringMatching(/^ao\/(bad-answer|schedule-gap)$/) });
    else expect(outcome.value === undefined || typeof outcome.value === 'object').toBe(true);
  }
});

it('says who a node is, what it runs and what it can do', async () => {
  const network = await client(({ path }) => {
    if (path === '/~meta@1.0/info/address') return reply(200, ADDRESS);
    if (path.startsWith('/~meta@1.0/build')) return reply(200, { node: 'HyperBEAM', version: '0.9', 'source-short': '1867', status: 200 });
    return reply(200, { address: ADDRESS, 'preloaded-devices': { 1: { name: 'lua@5.3a', module: 'dev_lua' }, 2: { name: 'process@1.0' }, 3: { name: 5 } } });
  });
  expect(await network.node()).toEqual({ address: ADDRESS, build: 'HyperBEAM 0.9 1867', capabilities: ['lua@5.3a', 'process@1.0'] });
});

const assignment = { process: PROCESS, slot: 0, timestamp: 1, body: { commitments: { first: { committer: 'c' } } } };
it.each<[string, object]>([
  ['no assignments', {}],
  ['none of the slots', { assignments: {} }],
  ['a hole', { assignments: { 0: assignment } }],
  ['an entry of another process', { assignments: { 0: assignment, 1: { ...assignment, process: ADDRESS, slot: 1 } } }],
  ['an entry without a signer', { assignments: { 0: assignment, 1: { ...assignment, slot: 1, body: { commitments: [null] } } } }],
])('does not take a message for lost because a page of the schedule has %s', async (_, page) => {
  let posts = 0;
  const network = await client(({ method, path }) => {
    if (method === 'POST') return (posts += 1, reply(500));
    if (path.endsWith('/type')) return reply(200, 'Process');
    return path.endsWith('/slot/current') ? reply(200, '1') : reply(200, page);
  });
  const item = await network.signMessage(ethereumSigner('42'.repeat(32)), { target: PROCESS, tags: [], data: '' });
  await expect(network.send(item)).rejects.toMatchObject({ code: 'ao/outcome-unknown' });
  expect(posts).toBe(1);
});
