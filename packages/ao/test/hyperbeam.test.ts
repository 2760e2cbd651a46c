import { afterEach, expect, it } from '@jest/globals';
import type { Clock } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { parseItem } from '../src/ans104/parse.ts';
import { reply, scriptedNode, type Script, type Seen } from './scripted-node.ts';

const player = ethereumSigner('42'.repeat(32));
const PROCESS = `${'p'.repeat(42)}A`;
const done = (slot: number) => reply(200, { outbox: {}, output: { data: 'done' }, process: PROCESS, slot, status: 200 });

/** Time stands still but for sleeps shorter than a time-out, which pass at once and are written down. */
function hurriedClock(): Clock & { slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => 1_800_000_000_000,
    sleep: (ms, signal) => (ms >= 60_000 ? new Promise((_, reject) => signal?.addEventListener('abort', reject, { once: true })) : (slept.push(ms), Promise.resolve())),
  };
}

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
});

async function against(script: Script, retries = 3) {
  const node = await scriptedNode(script);
  close = node.close;
  const clock = hurriedClock();
  const network = createHyperbeam({ url: node.url, clock, retries });
  const item = await network.signMessage(player, { target: PROCESS, tags: [], data: 'x' });
  const posts = () => node.seen.filter(({ path }) => path.endsWith('/push')).length;
  return { network, clock, item, posts, seen: node.seen };
}

/** A node that knows the process, with the given messages in its schedule. */
function around(schedule: () => string[], push: (attempt: number) => string | undefined): Script {
  let pushes = 0;
  return ({ path }: Seen) => {
    if (path.endsWith('/push')) return push(pushes++);
    if (path.endsWith('/type')) return reply(200, 'Process');
    if (path.endsWith('/slot/current')) return reply(200, String(schedule().length - 1));
    if (path.includes('/schedule?')) {
      const assignments = Object.fromEntries(schedule().map((id, slot) => [slot, {
        process: PROCESS, slot, timestamp: 1_800_000_000_000, body: { commitments: { [id]: { committer: 'someone' } } },
      }]));
      return reply(200, { assignments, continues: 'false', status: 200 });
    }
    if (path.includes('/results?')) return reply(200, { output: { data: 'computed there' }, status: 200 });
    return reply(500, '<html>');
  };
}

it('makes every item unlike any other and says who signed it', async () => {
  const { network } = await against(() => undefined);
  const contents = async () => parseItem((await network.signMessage(player, { target: PROCESS, tags: [], data: 'x' })).raw).tags;
  const [first, second] = [await contents(), await contents()];
  expect(first).not.toEqual(second);
  expect(first).toContainEqual({ name: 'Signer', value: player.address });
});

it('takes an item that is not what its owner signed for refused, whatever the node answers', async () => {
  const { network, item, posts } = await against(around(() => ['m0'], () => reply(500)));
  item.raw[item.raw.length - 1] = item.raw.at(-1)! ^ 1;
  await expect(network.send(item)).rejects.toMatchObject({ code: 'ao/rejected', retryable: false, details: { status: 500 } });
  expect(posts()).toBe(1);
});

it('reads whose message a slot holds when copies of it carry other signatures', async () => {
  const commitments = { a: { committer: 'eve' }, m: { committer: 'ann' }, z: { committer: 'bob' }, h: { type: 'hmac-sha256' } };
  const { network } = await against(({ path }) => {
    if (path.endsWith('/slot/current')) return reply(200, '1');
    const assignment = (slot: number, body: object) => ({ process: PROCESS, slot, timestamp: 5, body: { ...body, commitments } });
    return reply(200, { assignments: { 0: assignment(0, {}), 1: assignment(1, { signer: 'ann' }) } });
  });
  const slots = [];
  for await (const { message, committer } of network.schedule(PROCESS)) slots.push([message, committer]);
  expect(slots).toEqual([['a', 'eve'], ['m', 'ann']]);
});

it('takes a push answer as it is: slot, output, nested failures', async () => {
  const { network, item, posts } = await against(() => reply(200, {
    outbox: {}, output: { data: 'hi', n: 5, nested: { a: 1 } }, process: PROCESS, slot: 7, status: 200,
    m1: { id: 'x', slot: 3, target: 'y' }, m2: { response: 'error', status: 404, reason: 'Could not access target process!' },
  }));
  expect(await network.send(item)).toEqual({ outcome: 'computed', slot: 7, output: { data: 'hi', n: 5, nested: '{"a":1}' }, undelivered: ['m2'] });
  expect(posts()).toBe(1);
});

it('looks into the schedule after a 500, and does not send again what is there', async () => {
  let id = '';
  const { network, item, posts } = await against(around(() => ['first', id], () => reply(500, '<html>')));
  id = item.id;
  expect(await network.send(item)).toEqual({ outcome: 'computed', slot: 1, output: { data: 'computed there' } });
  expect(posts()).toBe(1);
});

it('sends the same item again after a 500 that left nothing in the schedule', async () => {
  const { network, item, posts, seen, clock } = await against(around(() => ['first'], (attempt) => (attempt < 2 ? reply(500) : done(1))));
  expect(await network.send(item)).toMatchObject({ outcome: 'computed', slot: 1 });
  expect(posts()).toBe(3);
  const bodies = seen.filter(({ path }) => path.endsWith('/push')).map(({ body }) => body.toString('hex'));
  expect(new Set(bodies).size).toBe(1);
  expect(clock.slept).toEqual([100, 200]);
});

it.each([
  ['a connection that breaks', () => undefined],
  ['line breaks in a header', () => 'HTTP/1.1 500 X\r\ndetails: a\n b: \nc\r\ncontent-length: 0\r\n\r\n'],
])('asks the schedule when the answer is lost: %s', async (_, broken) => {
  let id = '';
  const { network, item, posts } = await against(around(() => ['first', id], broken));
  id = item.id;
  expect(await network.send(item)).toMatchObject({ outcome: 'computed', slot: 1 });
  expect(posts()).toBe(1);
});

it('waits as long as a 429 says, without asking anything in between', async () => {
  const { network, item, clock, seen } = await against(around(() => [], (attempt) => (attempt === 0 ? reply(429, '', { 'retry-after': '7' }) : done(1))));
  expect(await network.send(item)).toMatchObject({ slot: 1 });
  expect(clock.slept).toEqual([7000]);
  expect(seen.map(({ path }) => path.split('/').at(-1))).toEqual(['push', 'push']);
});

it.each([400, 403, 413])('does not repeat a %i', async (status) => {
  const { network, item, posts } = await against(around(() => ['first'], () => reply(status, '<html>')));
  await expect(network.send(item)).rejects.toMatchObject({ code: 'ao/rejected', retryable: false, details: { status, process: PROCESS, message: item.id } });
  expect(posts()).toBe(1);
});

it('finds a message whose process failed on it behind the 400', async () => {
  let id = '';
  const script = around(() => ['first', id], () => reply(400, { status: 400 }));
  const { network, item } = await against((request) => (request.path.includes('/results') ? reply(500, '<html>') : script(request)));
  id = item.id;
  expect(await network.send(item)).toMatchObject({ outcome: 'scheduled', slot: 1 });
});

it('gives up after its retries, and says that nothing was scheduled', async () => {
  const { network, item, posts } = await against(around(() => ['first'], () => reply(503)));
  await expect(network.send(item)).rejects.toMatchObject({ code: 'ao/unreachable', retryable: true, details: { status: 503, message: item.id } });
  expect(posts()).toBe(4);
});

it('does not send again while the schedule cannot be read', async () => {
  const script = around(() => ['first'], () => reply(500));
  const { network, item, posts } = await against((request) => (request.path.includes('slot/current') ? reply(500) : script(request)), 1);
  await expect(network.send(item)).rejects.toMatchObject({ code: 'ao/outcome-unknown', retryable: true });
  expect(posts()).toBe(1);
});

it('looks an item up before it sends one that somebody may have sent already', async () => {
  let id = '';
  const { network, item, posts } = await against(around(() => ['first', id], () => done(2)));
  id = item.id;
  expect(await network.send({ ...item })).toEqual({ outcome: 'computed', slot: 1, output: { data: 'computed there' } });
  expect(posts()).toBe(0);
});

it('reads around slots that break the answer', async () => {
  let id = '';
  const script = around(() => ['first', 'binary', id, 'later'], () => reply(500));
  const { network, item, posts } = await against((request) => {
    const [, from = '', to = ''] = /schedule\?from=(\d+)&to=(\d+)/.exec(request.path) ?? [];
    if (from === '') return script(request);
    if (Number(from) <= 1 && Number(to) >= 1) return 'HTTP/1.1 500 X\r\ndetails: a\nb\r\ncontent-length: 0\r\n\r\n';
    const slot = Number(from);
    return reply(200, { assignments: { [slot]: { process: PROCESS, slot, timestamp: 1_800_000_000_000, body: { commitments: { [slot === 2 ? id : `m${slot}`]: { committer: 'c' } } } } } });
  });
  id = item.id;
  expect(await network.send(item)).toMatchObject({ slot: 2 });
  expect(posts()).toBe(1);
});

it('does not wait for a process that the node does not know', async () => {
  const { network, item, clock } = await against(({ path }) => (path.startsWith('/~meta') ? reply(200, 'address') : reply(500, '<html>')));
  await expect(network.send(item)).rejects.toMatchObject({ code: 'ao/unknown-process', details: { process: PROCESS, status: 500 } });
  await expect(network.read(PROCESS, 'count')).rejects.toMatchObject({ code: 'ao/unknown-process' });
  expect(clock.slept).toEqual([]);
});

it('gives up on a request that is never answered, once its time is up', async () => {
  const node = await scriptedNode(() => new Promise(() => undefined));
  close = node.close;
  const clock = createManualClock();
  const network = createHyperbeam({ url: node.url, clock, retries: 0, timeoutMs: 5_000 });
  const asked = network.resolve('arena');
  const outcome = expect(asked).rejects.toMatchObject({ code: 'ao/unreachable', details: { reason: 'timeout' } });
  while (node.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(5_000);
  await outcome;
});

it('ends at once when the caller aborts while it waits to repeat', async () => {
  const node = await scriptedNode(() => reply(500));
  close = node.close;
  const clock = createManualClock();
  const network = createHyperbeam({ url: node.url, clock });
  const controller = new AbortController();
  const asked = network.resolve('arena', controller.signal);
  const outcome = expect(asked).rejects.toMatchObject({ message: 'stop' });
  while (node.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error('stop'));
  await outcome;
  expect(node.seen).toHaveLength(1);
});

it('reads through headers that fetch refuses', async () => {
  const { network } = await against(({ path }) => (path.includes('/compute/count') ? 'HTTP/1.1 200 OK\r\ndetails: a\nb: c\r\ncontent-length: 13\r\nconnection: close\r\n\r\n{"body":"23"}' : reply(500)));
  expect(await network.read(PROCESS, 'count')).toBe('23');
});

it.each([
  ['a wrapped number', { 'ao-types': 'body="integer"', body: 5, status: 200 }, 5],
  ['a bare map with the node’s own keys', { 'ao-types': 'x', commitments: {}, a: 'b', status: 'fine' }, { a: 'b', status: 'fine' }],
  ['floats as luerl prints them', { a: '6.00000000000000000000e+00', b: '-1.50000000000000000000e-03', c: '6.0' }, { a: 6, b: -0.0015, c: '6.0' }],
  ['a list as an object', { list: { 1: 'a', 2: { 1: 'b' } } }, { list: ['a', ['b']] }],
])('reads a value from the wire: %s', async (_, wire, value) => {
  const { network } = await against(() => reply(200, wire));
  expect(await network.read(PROCESS, 'key')).toEqual(value);
});

it('says so when a node answers with a page where there should be JSON', async () => {
  const { network } = await against(() => reply(200, '<!DOCTYPE html>'));
  await expect(network.read(PROCESS, 'count')).rejects.toMatchObject({ code: 'ao/bad-answer' });
  await expect(network.resolve('arena')).rejects.toMatchObject({ code: 'ao/bad-answer' });
});

it('refuses an alias that cannot be part of a path, before anything is sent', async () => {
  const { network, seen } = await against(() => reply(200));
  for (const alias of ['', 'arena/world', 'arena world', '../x', 'Größe']) {
    await expect(network.setAlias(alias, PROCESS, player)).rejects.toMatchObject({ code: 'ao/bad-alias' });
  }
  expect(seen).toEqual([]);
});

it('repeats a spawn only until the process is there', async () => {
  let posts = 0;
  const { network } = await against(({ path, method }) => {
    if (path === '/~meta@1.0/info/address') return reply(200, PROCESS);
    if (method === 'POST') return (posts += 1) < 2 ? reply(500) : undefined;
    return posts === 2 ? reply(200, '0') : reply(500);
  });
  const item = await network.signProcess(player, { module: PROCESS, tags: [{ name: 'authority', value: 'mine' }], data: '' });
  expect(await network.spawn(item)).toBe(item.id);
  expect(posts).toBe(2);
});

it('reads a long schedule page by page in order, from the second on one ahead', async () => {
  const ids = Array.from({ length: 850 }, (_, n) => `m${n}`);
  const { network, seen } = await against(({ path }) => {
    if (path.endsWith('/slot/current')) return reply(200, String(ids.length - 1));
    const [, from, to] = /schedule\?from=(\d+)&to=(\d+)/.exec(path)!;
    const assignments = Object.fromEntries(ids.slice(Number(from), Number(to) + 1).map((id, n) => [Number(from) + n, {
      process: PROCESS, slot: Number(from) + n, timestamp: 1_800_000_000_000, body: { commitments: { [id]: { committer: 'someone' } } },
    }]));
    return reply(200, { assignments, continues: 'false', status: 200 });
  });
  const pages = () => seen.filter(({ path }) => path.includes('/schedule?')).length;
  const read: string[] = [];
  let askedForAtFirst = 0;
  for await (const { message, slot } of network.schedule(PROCESS)) {
    read.push(message);
    if (slot === 199) askedForAtFirst = pages();
    // Until the third page was asked for, nobody asks for more than the second.
    if (slot === 200) while (pages() < 3) await new Promise(setImmediate);
  }
  expect(read).toEqual(ids);
  expect(askedForAtFirst).toBe(1);
  expect(pages()).toBe(5);
});
