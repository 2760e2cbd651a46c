import { afterAll, describe, expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { createProcess } from '@beamline/kernel';
import { clientRequest, processRequest, pushedRequest, testId } from '@beamline/kernel/testing';
import { createVm, type Vm } from '@beamline/vm';
import role from './kernel-in-lua/role.ts';
import { builtRole } from './built.ts';

const { code, bytes } = await builtRole({ role: 'lua-world', entry: 'test/kernel-in-lua/role.ts', target: 'lua', root: '.' });
const layout = /[0-9a-f]{64}/.exec(code)![0];
const vms: Vm[] = [];
afterAll(() => Promise.all(vms.map((vm) => vm.close())));

type Compute = (request: AoMap) => Promise<{ results: AoMap; health: AoMap }>;

async function lua(): Promise<Compute> {
  const vm = await createVm({ code, chunkName: 'lua-world.lua' });
  vms.push(vm);
  return async (request) => {
    const computed = await vm.compute(request);
    if (!computed.ok) throw new Error(`bricked: ${computed.message}`);
    return { results: computed.results!, health: computed.changed['health'] as AoMap };
  };
}

async function javascript(): Promise<Compute> {
  const compute = createProcess(role, { layout });
  const base = {};
  return async (request) => {
    const { results, health } = compute(base, structuredClone(request));
    return JSON.parse(JSON.stringify({ results, health })) as { results: AoMap; health: AoMap };
  };
}

interface Said { from?: string; action?: string; tags?: AoMap; data?: string; id?: string }

/** A process in either engine, with everything it ever answered. */
async function open(compute: Compute, phase = 'active', id = 'world') {
  let slot = -1;
  const process = {
    now: 1_795_445_865_305,
    log: [] as AoMap[],
    last: {} as { results: AoMap; health: AoMap },
    async raw(request: AoMap): Promise<AoMap> {
      process.last = await compute(request);
      process.log.push(process.last as unknown as AoMap);
      return process.last.results['output'] as AoMap;
    },
    spec({ id: given, action, tags = {}, data }: Said) {
      slot += 1;
      return {
        id: given ?? testId(`m${slot}`), process: testId(id), slot, timestamp: process.now,
        tags: { ...(action === undefined ? {} : { action }), ...tags }, ...(data === undefined ? {} : { data }),
      };
    },
    say: ({ from = 'ann', ...said }: Said) => process.raw(clientRequest({ ...process.spec(said), committer: testId(from) })),
    push: ({ from = 'battle', ...said }: Said, node = 'node') =>
      process.raw(pushedRequest({ ...process.spec(said), committer: testId(node), fromProcess: testId(from) })),
    operate: (operation: string, tags: AoMap = {}, data = '') =>
      process.say({ from: 'owner', action: `Beamline.${operation}`, tags: { protocol: '1', issued: `${process.now}`, ...tags }, data }),
    async index(operation = 'Snapshot', tags: AoMap = {}) {
      return JSON.parse((await process.operate(operation, tags))['data'] as string) as {
        digest: string; tables: { name: string; rows: number; pages: unknown }[]; chunks: [string, string[]][];
      };
    },
    /** What the game and the owner put there; not who has spoken so far. */
    async game() {
      const { tables } = await process.index('Snapshot', { since: `${slot}` });
      return tables.filter(({ name }) => !/^\$(senders|gaps|recent|kernel)$/.test(name)).map(({ name, rows, pages }) => [name, rows, JSON.stringify(pages).replace(/,\d+\]/g, ']')]);
    },
  };
  slot = 0;
  await process.raw(processRequest({
    id: testId(id), process: testId(id), slot: 0, timestamp: process.now, committer: testId('owner'), authority: testId('node'),
    tags: { 'beamline-phase': phase, 'beamline-seed': '77' },
  }));
  return process;
}

/** The whole protocol once: play, link, snapshot, restore, fence, hand over, forward, thaw, replay. */
async function protocol(make: () => Promise<Compute>): Promise<AoMap[]> {
  const blue = await open(await make());
  await blue.operate('Link', { 'link-name': 'market', 'link-process': testId('market') });
  for (let n = 0; n < 30; n++) {
    blue.now += 333;
    await blue.say({ from: `p${n % 7}`, action: n % 3 ? 'Move' : 'Join', tags: { seq: `${n + 1}`, steps: '2' } });
    await blue.say({ from: `q${n % 5}`, action: 'Report', data: 'grüße\n|;' });
  }
  await blue.push({ action: 'Who', tags: { seq: 4, lineage: testId('battle'), 'x-n': 5 } });
  await blue.push({ action: 'Who', tags: { seq: 4, lineage: testId('battle') } });
  const { chunks, tables, digest } = await blue.index('Freeze');
  const pages = chunks.flatMap(([name, names]) => `${(blue.last.results['chunks'] as AoMap)[name]}`.split('|').map((text, at) => `${names[at]}:${text}`));
  await blue.say({ action: 'Who', id: testId('held'), data: 'é', tags: { 'x-name': '%;|&=é' } });
  await blue.say({ action: 'Who', tags: { seq: '1' } });

  const green = await open(await make(), 'standby', 'green');
  await green.say({ action: 'Join' });
  await green.operate('Restore-Begin', { layout }, tables.map(({ name, rows }) => `${name}:${rows}`).join(';'));
  for (const page of pages) await green.operate('Restore-Pages', {}, page);
  await green.operate('Restore-Commit', { digest: '1-1' });
  await green.operate('Restore-Commit', { digest });
  await green.operate('Activate', { 'accept-from': testId('world') });
  await blue.operate('Hand-Over', { successor: testId('green'), limit: '1' });
  await blue.say({ action: 'Who', id: testId('late') });
  for (const { results } of blue.log.slice(-2) as unknown as { results: AoMap }[]) {
    for (const [, { target: _target, data, action: _action, ...tags }] of Object.entries(results['outbox'] as Record<string, AoMap>).sort()) {
      await green.push({ from: 'world', action: 'Beamline.Forward', tags, data: data as string });
    }
  }
  expect(green.last.results['output']).toMatchObject({ outcome: 'ok' });
  await green.operate('Freeze');
  await green.say({ action: 'Join', from: 'zoe', tags: { seq: '1' } });
  await green.operate('Thaw');
  await green.operate('Replay', {}, `${testId('r')};${testId('ann')};0;${green.now + 5000};9;action=Join&seq=2;`);
  await green.index();
  return [...blue.log, ...green.log];
}

it('speaks the whole protocol in Lua as it does in JavaScript, to the last digit', async () => {
  const expected = await protocol(javascript);
  const actual = await protocol(lua);
  expect(actual.length).toBe(expected.length);
  for (const [at, answer] of expected.entries()) expect(actual[at]).toEqual(answer);
});

it('takes less than 50 KB with ecs and a small game', () => {
  expect(bytes).toBeLessThan(50_000);
  expect(code).toMatch(/^[\n\x20-\x7e]*$/);
});

describe('in Lua', () => {
  const bad: [string, Said, object][] = [
    ['an unknown action', { action: 'Fly' }, { outcome: 'refused', code: 'kernel/unknown-action' }],
    ['a malformed tag', { action: 'Move', from: 'p0', tags: { steps: '1e400' } }, { outcome: 'refused', code: 'kernel/bad-tag' }],
    ['a tag that is a table', { action: 'Name', tags: { name: { deep: 'x' } } }, { outcome: 'refused', code: 'kernel/bad-tag' }],
    ['an action that is a table', { tags: { action: { deep: 'x' } } }, { outcome: 'refused', code: 'kernel/no-action' }],
    ['a malformed number', { action: 'Join', tags: { seq: '1e999' } }, { outcome: 'refused', code: 'kernel/bad-seq' }],
    ['an owner operation by a stranger', { action: 'Beamline.Freeze', tags: { protocol: '1' } }, { outcome: 'refused', code: 'kernel/not-owner' }],
    ['a thrown error', { action: 'Throw' }, { outcome: 'error', code: 'arena/broken' }],
    ['an index into nil', { action: 'Nil' }, { outcome: 'error', code: 'kernel/action-failed' }],
    ['an endless loop', { action: 'Loop' }, { outcome: 'error', code: 'kernel/work-budget' }],
    ['an endless loop that works', { action: 'Spin' }, { outcome: 'error', code: 'kernel/work-budget' }],
    ['endless recursion', { action: 'Dive' }, { outcome: 'error', code: 'kernel/recursion' }],
    ['division by zero', { action: 'Divide', tags: { by: '0' } }, { outcome: 'error', code: 'kernel/arithmetic' }],
    ['the root of a negative number', { action: 'Root', tags: { of: '-1' } }, { outcome: 'error', code: 'kernel/arithmetic' }],
    ['a reply that is a table', { action: 'Odd' }, { outcome: 'error', code: 'kernel/bad-reply' }],
  ];

  it('after every bad message the process still answers, with the game as it was', async () => {
    const process = await open(await lua());
    await process.operate('Link', { 'link-name': 'market', 'link-process': testId('market') });
    await process.say({ action: 'Join', from: 'p0' });
    const before = await process.game();
    for (const [name, said, answer] of bad) {
      expect([name, await process.say(said)]).toEqual([name, expect.objectContaining(answer)]);
      expect(process.last.results['outbox']).toEqual({});
      expect([name, await process.game()]).toEqual([name, before]);
      expect(await process.say({ action: 'Name', tags: { name } , from: name})).toMatchObject(name.length > 20 ? { code: 'kernel/bad-tag' } : { data: name });
    }
  });

  it('takes 5 MB of data, and any bytes', async () => {
    const process = await open(await lua());
    expect(await process.say({ action: 'Echo', data: 'x'.repeat(5_000_000), tags: { 'x-n': 5 } })).toEqual({ outcome: 'ok', data: '5000000 5' });
    const { data } = await process.say({ action: 'Text', data: '{"n":"é😀\u0001"}' });
    expect(JSON.parse(data as string)).toEqual({ n: 'é😀\u0001' });
    await process.operate('Freeze');
    expect(await process.say({ action: 'Echo', data: 'x'.repeat(5_000_000) })).toMatchObject({ outcome: 'refused', code: 'kernel/held-full' });
  });

  it('a message in any other phase costs nothing', async () => {
    const process = await open(await lua(), 'standby');
    const before = (await process.index()).digest;
    expect(await process.say({ action: 'Join' })).toMatchObject({ code: 'kernel/standby' });
    await process.operate('Retire', { successor: testId('green') });
    expect(await process.say({ action: 'Join' })).toMatchObject({ code: 'kernel/retired', data: testId('green') });
    expect((await process.index()).digest).toBe(before);
  });

  it('survives requests of any shape', async () => {
    const process = await open(await lua());
    const odd: AoMap[] = [{}, { body: 3 }, { body: { commitments: 'x' } }, { body: { commitments: { a: 1 } } }, { slot: 'x', timestamp: {}, body: [1, 2] },
      { body: { commitments: [{ committer: testId('ann') }] } }, { body: { commitments: { a: { committer: 5 } } } },
      { slot: 1.5, body: { action: 'Join', commitments: { a: { 'committer': 'me', 'commitment-device': 'ans104@1.0', 'committed': 7 } } } }];
    for (const request of odd) expect(await process.raw(request)).toMatchObject({ outcome: expect.stringMatching(/refused|ok/) });
    expect(await process.push({ action: 'Who' }, 'rogue')).toMatchObject({ code: 'kernel/no-sender' });
    expect(await process.say({ action: 'Name', tags: { name: 'still here' } })).toMatchObject({ data: 'still here' });
  });
});
