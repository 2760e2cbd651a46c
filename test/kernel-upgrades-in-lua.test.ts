import { afterAll, describe, expect, it } from '@jest/globals';
import type { AoMap, AoNetwork, Delivery, ItemSpec, Output, SignedItem, Signer } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { textDigest } from '@beamline/ecs';
import { createOperator, type PageText, type SnapshotReply, type UpgradeRequest } from '@beamline/kernel/operator';
import { clientRequest, processRequest, testId } from '@beamline/kernel/testing';
import { createVm, type Vm } from '@beamline/vm';
import { builtRole } from './built.ts';

async function build(version: string) {
  const { code } = await builtRole({ role: 'counter', entry: `test/kernel-in-lua/counter-${version}.ts`, target: 'lua', root: '.' });
  return { code, layout: /[0-9a-f]{64}/.exec(code)![0] };
}
const [v1, v2, v3] = [await build('v1'), await build('v2'), await build('v3')];
const vms: Vm[] = [];
afterAll(() => Promise.all(vms.map((vm) => vm.close())));

const owner = { address: testId('owner') } as Signer;
const PROCESS = testId('counter');

/** A process in a Lua machine of its own, and its owner. */
async function open({ code = v1.code, phase = 'active', profile = 'lua@5.3a' as 'lua@5.3a' | 'lua5.3' } = {}) {
  const vm = await createVm({ code, profile });
  vms.push(vm);
  const clock = createManualClock(1_795_445_865_305);
  const items = new Map<string, ItemSpec>();
  const results: AoMap[] = [];
  let health: AoMap = {};
  let signed = 0;
  async function run(request: AoMap): Promise<AoMap> {
    const computed = await vm.compute(request);
    if (!computed.ok) throw new Error(`bricked: ${computed.message}`);
    results.push(computed.results!);
    health = (computed.changed['health'] as AoMap | undefined) ?? health;
    return computed.results!['output'] as AoMap;
  }
  const spec = (id: string, tags: AoMap, data?: string) =>
    ({ id, process: PROCESS, slot: results.length, timestamp: clock.now(), tags, ...(data === undefined ? {} : { data }) });
  const network = {
    async signMessage(_signer: Signer, item: ItemSpec): Promise<SignedItem> {
      const id = testId(`item-${(signed += 1)}`);
      items.set(id, item);
      return { id, owner: owner.address, target: PROCESS, raw: new Uint8Array() };
    },
    async send({ id }: SignedItem): Promise<Delivery> {
      const { tags, data } = items.get(id)!;
      const lower = Object.fromEntries(tags.map(({ name, value }) => [name.toLowerCase(), value]));
      const output = await run(clientRequest({ ...spec(id, lower, data as string), committer: owner.address }));
      return { outcome: 'computed', slot: results.length - 1, output: output as Output };
    },
    resultText: async (_process: string, slot: number, path: string) => (results[slot]!['chunks'] as AoMap)[path.split('/')[1]!] as string,
    read: async () => health,
  } as unknown as AoNetwork;

  const tags = { 'beamline-phase': phase, 'beamline-seed': '7', 'beamline-release': 'r1' };
  await run(processRequest({ ...spec(PROCESS, tags), committer: owner.address, authority: testId('node') }));
  const operator = createOperator({ network, signer: owner, clock });
  if (phase === 'active') await operator.link(PROCESS, { name: 'market', process: testId('market') });
  let messages = 0;
  return {
    vm, clock, items, network, operator,
    get health() { return health; },
    get outbox() { return results.at(-1)!['outbox'] as Record<string, AoMap>; },
    add: (from: string, tags: AoMap = {}, id = testId(`add-${(messages += 1)}`)) =>
      run(clientRequest({ ...spec(id, { action: 'Add', ...tags }), committer: testId(from) })),
    upgrade: (request: UpgradeRequest) => operator.upgrade(PROCESS, request),
    freeze: () => operator.freeze(PROCESS),
    async digest() { return (await operator.snapshot(PROCESS)).index.digest; },
  };
}

type Process = Awaited<ReturnType<typeof open>>;

/** Some players, one of them with gaps in what was sent. */
async function play(process: Process): Promise<void> {
  for (const [from, seq] of [['ann', '1'], ['bob', '1'], ['ann', '2'], ['ann', '4']] as const) {
    await process.clock.advance(400);
    expect(await process.add(from, { seq })).toMatchObject({ outcome: 'ok' });
  }
  expect(await process.add('cid', {}, testId('cid-once'))).toMatchObject({ data: '1' });
}

/** The world of a snapshot as v3 has it, and the digest that a fresh v3 process finds for it. */
async function migrate({ index, pages }: SnapshotReply) {
  const migrated: PageText[] = [];
  for await (const { table, page, text } of pages()) {
    const zeros = text.split(';')[0]!.split(',').map(() => '0').join(',');
    migrated.push({ table, page, text: table === 'Counter' ? `${text};${zeros}` : text });
  }
  const world = { layout: v3.layout, tables: index.tables, pages: migrated };
  const fresh = await open({ code: v3.code, phase: 'standby' });
  const failure = await fresh.operator.restore(PROCESS, { ...world, digest: '0-0' }).catch((error: Error) => error.message);
  const digest = /\d+-\d+$/.exec(`${failure}`)![0];
  await fresh.operator.restore(PROCESS, { ...world, digest });
  return { fresh, migrated: { ...world, digest, from: index.digest } };
}

async function restored(code: string, layout: string, { index, pages }: SnapshotReply): Promise<Process> {
  const fresh = await open({ code, phase: 'standby' });
  await fresh.operator.restore(PROCESS, { layout, digest: index.digest, tables: index.tables, pages: pages() });
  await fresh.operator.activate(PROCESS);
  return fresh;
}

it('runs new code from the next message on, with everything that the old code knew', async () => {
  const process = await open();
  await play(process);
  const snapshot = await process.operator.snapshot(PROCESS);
  const fresh = await restored(v2.code, v2.layout, snapshot);
  const before = process.health;
  await process.upgrade({ code: v2.code, release: 'r2' });
  expect(process.health).toMatchObject({ code: textDigest(v2.code), release: 'r2', phase: 'active', layout: v2.layout, applied: before['applied'], sent: before['sent'] });
  expect(await process.digest()).toBe(snapshot.index.digest);

  expect(await process.add('ann', { seq: '4' })).toEqual({ outcome: 'duplicate' });
  expect(await process.add('cid', {}, testId('cid-once'))).toEqual({ outcome: 'duplicate' });
  for (const each of [process, fresh]) {
    expect(await each.add('ann', { seq: '3' })).toEqual({ outcome: 'ok', data: '13' });
    expect(each.outbox).toEqual({ m1: { action: 'Added', target: testId('market'), seq: '6', lineage: PROCESS } });
    expect(await each.add('dan')).toEqual({ outcome: 'ok', data: '10' });
  }
  const game = async ({ operator }: Process) => (await operator.snapshot(PROCESS)).index.tables
    .filter(({ name }) => !/^\$(world|recent)$/.test(name)).map(({ name, pages }) => [name, pages.map(({ digest }) => digest)]);
  expect(await game(process)).toEqual(await game(fresh));
});

it('believes nobody but the owner afterwards, and obeys no item twice', async () => {
  const process = await open();
  await process.upgrade({ code: v2.code });
  const [chunk] = [...process.items].filter(([, { tags }]) => tags.some(({ value }) => value === 'Beamline.Upgrade-Chunk')).map(([id]) => id);
  expect(await process.network.send({ id: chunk!, owner: '', target: PROCESS, raw: new Uint8Array() })).toMatchObject({ output: { outcome: 'duplicate' } });
  expect(await process.add('ann', { action: 'Beamline.Freeze', protocol: '1', issued: `${process.clock.now()}` })).toMatchObject({ code: 'kernel/not-owner' });
});

it('is not sent again when it runs already, and committing it again changes nothing', async () => {
  const process = await open();
  await process.upgrade({ code: v2.code });
  const sent = process.items.size;
  await process.upgrade({ code: v2.code });
  expect(process.items.size).toBe(sent);
  await process.operator.call(PROCESS, 'Upgrade-Commit', { tags: { Code: textDigest(v2.code) } });
  expect(await process.add('ann')).toMatchObject({ data: '10' });
});

it('lets new code apply what was held, in order', async () => {
  const process = await open();
  await process.add('ann');
  await process.freeze();
  expect(await process.add('ann', { seq: '1' })).toEqual({ outcome: 'held' });
  expect(await process.add('bob', { seq: '1' }, testId('held-twice'))).toEqual({ outcome: 'held' });
  await process.upgrade({ code: v2.code });
  expect(process.health).toMatchObject({ phase: 'frozen', held: 2 });
  expect(await process.add('bob', { seq: '1' }, testId('held-twice'))).toEqual({ outcome: 'duplicate' });
  expect(await process.operator.thaw(PROCESS)).toMatchObject({ ok: 2, phase: 'active' });
  expect(await process.add('ann')).toEqual({ outcome: 'ok', data: '21' });
  expect(await process.add('bob')).toEqual({ outcome: 'ok', data: '20' });
});

it('goes on with migrated pages behind the fence as a fresh process does that was restored from them', async () => {
  const process = await open();
  await play(process);
  const { fresh, migrated } = await migrate(await process.freeze());
  expect(await process.add('ann', { seq: '5' })).toEqual({ outcome: 'held' });
  await process.upgrade({ code: v3.code, migrated });
  expect(process.health).toMatchObject({ phase: 'frozen', layout: v3.layout, held: 1, digest: migrated.digest });
  expect(await process.digest()).toBe(await fresh.digest());
  expect(await process.operator.thaw(PROCESS)).toMatchObject({ ok: 1 });
  await fresh.operator.activate(PROCESS);
  expect(await fresh.add('ann', { seq: '5' })).toEqual({ outcome: 'ok', data: 'best 103' });
  expect(await process.digest()).toBe(await fresh.digest());
  expect(await process.add('ann', { seq: '6' })).toEqual({ outcome: 'ok', data: 'best 203' });
});

describe('leaves everything to the old code when', () => {
  const other = `${v2.code}\nerror("late")`;
  const bad: [string, object, (process: Process, snapshot: SnapshotReply) => Promise<void>][] = [
    ['the code does not compile', { code: 'kernel/bad-code', message: expect.stringMatching(/unexpected|near|syntax|'<expression>'/i) },
      ({ upgrade }) => upgrade({ code: 'compute = = 1' })],
    ['the code fails while it loads', { code: 'kernel/bad-code', message: expect.stringContaining('boom') }, ({ upgrade }) => upgrade({ code: 'error("boom")' })],
    ['the code fails after it defined compute', { code: 'kernel/bad-code', message: expect.stringContaining('late') }, ({ upgrade }) => upgrade({ code: other })],
    ['the code is no bundle', { code: 'kernel/bad-code' }, ({ upgrade }) => upgrade({ code: 'compute = nil' })],
    ['the code is another layout\'s', { code: 'kernel/layout-mismatch' }, ({ upgrade }) => upgrade({ code: v3.code })],
    ['the code is not what its digest says', { code: 'kernel/digest-mismatch' }, async ({ operator }) => {
      await operator.call(PROCESS, 'Upgrade-Begin');
      await operator.call(PROCESS, 'Upgrade-Chunk', { data: v2.code.slice(1) });
      await operator.call(PROCESS, 'Upgrade-Commit', { tags: { Code: textDigest(v2.code) } });
    }],
    ['nothing was staged', { code: 'kernel/no-upgrade' }, async ({ operator }) => void await operator.call(PROCESS, 'Upgrade-Commit', { tags: { Code: '1-1' } })],
    ['a refused commit is repeated', { code: 'kernel/no-upgrade' }, async ({ operator, upgrade }) => {
      await upgrade({ code: 'error("boom")' }).catch(() => {});
      await operator.call(PROCESS, 'Upgrade-Commit', { tags: { Code: textDigest('error("boom")') } });
    }],
    ['pages are of another digest', { code: 'kernel/digest-mismatch' }, async ({ upgrade }, snapshot) =>
      upgrade({ code: v3.code, migrated: { ...(await migrate(snapshot)).migrated, digest: '1-1' } })],
    ['pages were made of another world', { code: 'kernel/digest-mismatch' }, async ({ upgrade }, snapshot) =>
      upgrade({ code: v3.code, migrated: { ...(await migrate(snapshot)).migrated, from: '1-1' } })],
    ['pages are of another layout', { code: 'kernel/layout-mismatch' }, async ({ upgrade }, snapshot) =>
      upgrade({ code: v3.code, migrated: { ...(await migrate(snapshot)).migrated, layout: v2.layout } })],
    ['a page is damaged', { code: 'ecs/bad-page' }, async ({ upgrade }, snapshot) => {
      const { migrated } = await migrate(snapshot);
      await upgrade({ code: v3.code, migrated: { ...migrated, pages: [{ table: 'Counter', page: 0, text: '1;2' }] } });
    }],
    ['code fails after it took migrated pages over', { code: 'kernel/bad-code' }, async ({ upgrade }, snapshot) =>
      upgrade({ code: `${v3.code}\nerror("late")`, migrated: (await migrate(snapshot)).migrated })],
  ];

  it.each(bad)('%s', async (_name, fault, attempt) => {
    const process = await open();
    await play(process);
    const snapshot = await process.freeze();
    await process.add('ann', { seq: '5' });
    const { operations: _before, slot: _slot, refused: _refused, ...before } = process.health;
    await expect(attempt(process, snapshot)).rejects.toMatchObject(fault);
    const { operations: _after, slot: _now, refused: _too, ...after } = process.health;
    expect(after).toEqual(before);
    expect(await process.digest()).toBe(snapshot.index.digest);
    expect(await process.operator.thaw(PROCESS)).toMatchObject({ ok: 1 });
    expect(await process.add('ann', { seq: '6' })).toEqual({ outcome: 'ok', data: '5' });
    await process.upgrade({ code: v2.code });
    expect(await process.add('ann', { seq: '7' })).toEqual({ outcome: 'ok', data: '15' });
  });

  it('the code is not ASCII: it is not even sent', async () => {
    const process = await open();
    await expect(process.upgrade({ code: `${v2.code}--é` })).rejects.toMatchObject({ code: 'kernel/not-ascii' });
    expect(process.items.size).toBe(1);
  });
});

it('upgrades to and fro without keeping what no longer runs', async () => {
  // The node's profile has no collector to call.
  const process = await open({ profile: 'lua5.3' });
  const sizes: number[] = [];
  for (let n = 0; n < 12; n++) {
    await process.upgrade({ code: n % 2 === 0 ? v2.code : v1.code });
    await process.add('ann');
    sizes.push(await process.vm.memoryBytes());
  }
  expect(sizes[11]! - sizes[1]!).toBeLessThan(20_000);
  expect(await process.add('ann')).toEqual({ outcome: 'ok', data: '67' });
});
