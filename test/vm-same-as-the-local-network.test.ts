import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { startLocalNetwork, type LocalNetwork } from '@beamline/ao/local';
import { systemClock, type AoMap, type AoNetwork, type Assignment, type ProcessId } from '@beamline/core';
import { createOperator } from '@beamline/kernel/operator';
import { createVm, replay, type ReplayEntry } from '@beamline/vm';
import { builtRole } from './built.ts';

const MESSAGES = 40;
const owner = ethereumSigner('42'.repeat(32));
const players = [1, 2, 3].map((n) => ethereumSigner(`${n}`.padStart(64, '7')));
let dir: string;
let server: LocalNetwork;
let network: AoNetwork;
let code: string;
let process: ProcessId;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'beamline-same-'));
  server = await startLocalNetwork({ dir, clock: systemClock });
  network = createHyperbeam({ url: server.url, clock: systemClock });
  ({ code } = await builtRole({ role: 'world', entry: 'apps/arena/src/v2/world.ts', target: 'lua', root: '.' }));
  const module = await network.spawn(await network.signModule(owner, code));
  process = await network.spawn(await network.signProcess(owner, { module, tags: [{ name: 'beamline-seed', value: '7' }], data: '' }));
  for (let i = 0; i < MESSAGES; i++) {
    const [signer, round] = [players[i % players.length]!, Math.floor(i / players.length)];
    const tags = round === 0 ? { Action: 'Join', Name: `Ann ${i}` } : { Action: i % 4 === 0 ? 'Look' : 'Move', X: `${i * 13}`, Y: `${i * 7}` };
    const list = Object.entries({ ...tags, Seq: `${round + 1}` }).map(([name, value]) => ({ name, value }));
    await network.send(await network.signMessage(signer, { target: process, tags: list, data: '' }));
  }
}, 120_000);
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

async function scheduleOf(): Promise<Assignment[]> {
  const all: Assignment[] = [];
  for await (const assignment of network.schedule(process)) all.push(assignment);
  return all;
}

/** What a node's base holds before slot 0. */
function baseOf({ req }: Assignment): AoMap {
  const { commitments: _, ...own } = req['body'] as AoMap;
  return { ...own, process: req['body'] as AoMap };
}

it('gives at every slot the output that the local network gave, and ends in the same state', async () => {
  const schedule = await scheduleOf();
  const vm = await createVm({ code, base: baseOf(schedule[0]!) });
  const computed = await vm.computeAll(schedule.map(({ req }) => req));
  await vm.close();
  for (const [slot, here] of computed.entries()) {
    expect([slot, here.ok ? here.results?.['output'] ?? {} : here.message]).toEqual([slot, await network.result(process, slot)]);
  }
  const last = computed.at(-1)!;
  expect(last.ok && last.changed['health']).toEqual(await network.read(process, 'health'));
  expect(await network.read(process, 'at-slot')).toBe(schedule.length - 1);
}, 60_000);

it('replays to the digest that the process itself answers with', async () => {
  const reply = await createOperator({ network, signer: owner, clock: systemClock }).snapshot(process);
  const schedule = (await scheduleOf()).slice(0, -1);
  // The process's own snapshot is the look: its answer after the same slots.
  const [snapshot] = (await scheduleOf()).slice(-1);
  const vm = await createVm({ code, base: baseOf(schedule[0]!), metered: true });
  const half = Math.floor(schedule.length / 2);
  const look = ({ slot, timestamp }: ReplayEntry): AoMap => ({ ...snapshot!.req, slot: slot + 1, timestamp: Math.max(timestamp, snapshot!.timestamp) });
  const done = await replay(vm, schedule, { rootAt: [half, schedule.length - 1], look });
  await vm.close();
  expect(done).toMatchObject({ slot: schedule.length - 1, applied: schedule.length });
  const digestOf = (results: AoMap) => (JSON.parse(String((results['output'] as AoMap)['data'])) as { digest: string }).digest;
  expect(digestOf(done.roots[1]!.results)).toBe(reply.index.digest);
  expect(done.roots[0]!.root).not.toBe(done.roots[1]!.root);
  expect(Object.keys(done.cost!.systems)).toContain('wander');
}, 60_000);
