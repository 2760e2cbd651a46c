import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { aosChunk } from '@beamline/ao/legacynet';
import { startLocalNetwork } from '@beamline/ao/local';
import { systemClock, type AoMap, type Assignment, type SignedItem } from '@beamline/core';
import { createOperator } from '@beamline/kernel/operator';
import { createAosVm, createVm, loadAosModule, type AosHandled, type Computed } from '@beamline/vm';
import { readFile } from 'node:fs/promises';
import { aosFile, aosIt } from '../packages/ao/test/aos/open-aos.ts';
import { aosMessage, environmentOf } from '../packages/ao/src/local/aos/aos-request.ts';
import { builtRole } from './built.ts';

const owner = ethereumSigner('42'.repeat(32));
const players = [1, 2, 3, 4].map((n) => ethereumSigner(`${n}`.padStart(64, '7')));
/** A snapshot, whose answer holds the world's digest, after so many messages. */
const DIGEST_EVERY = 20;

/** The same numbers in each run. */
function createChance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function marketMessage(chance: (below: number) => number): Record<string, string> {
  const order = { Item: `${chance(6)}`, Count: `${1 + chance(9)}`, Price: `${1 + chance(20)}` };
  const kind = chance(10);
  if (kind < 4) return { Action: 'Offer', ...order };
  if (kind < 8) return { Action: 'Bid', ...order };
  return kind === 8 ? { Action: 'Cancel', Order: `${chance(300)}` } : { Action: 'Nonsense', ...order };
}

function worldMessage(chance: (below: number) => number): Record<string, string> {
  return chance(3) === 0 ? { Action: 'Join', Name: `Ann ${chance(99)} <&|%>` } : { Action: chance(4) === 0 ? 'Look' : 'Move', X: `${chance(2_000)}`, Y: `${chance(2_000)}` };
}

/** Runs messages on the local network, and gives the schedule and what came of each slot there. */
async function onTheNetwork(code: string, count: number, make: typeof marketMessage): Promise<{ schedule: Assignment[]; outputs: AoMap[]; health: AoMap }> {
  const dir = await mkdtemp(join(tmpdir(), 'beamline-same-'));
  const server = await startLocalNetwork({ dir, clock: systemClock });
  try {
    const network = createHyperbeam({ url: server.url, clock: systemClock });
    const module = await network.spawn(await network.signModule(owner, code));
    const process = await network.spawn(await network.signProcess(owner, { module, tags: [{ name: 'beamline-seed', value: '7' }], data: '1' }));
    const operator = createOperator({ network, signer: owner, clock: systemClock });
    await operator.link(process, { name: 'world', process });
    const chance = createChance(4_711);
    const items: SignedItem[] = [];
    for (let i = 0; i < count; i++) {
      const [signer, round] = [players[i % players.length]!, Math.floor(i / players.length)];
      const tags = { ...make(chance), Seq: `${round + 1 - (chance(12) === 0 ? 1 : 0)}` };
      items.push(i % DIGEST_EVERY === 0 ? await operator.prepare(process, 'Snapshot')
        : await network.signMessage(signer, { target: process, tags: Object.entries(tags).map(([name, value]) => ({ name, value })), data: '' }));
    }
    await network.sendAll!(items);
    const schedule: Assignment[] = [];
    const outputs: AoMap[] = [];
    for await (const assignment of network.schedule(process)) schedule.push(assignment);
    for (const { slot } of schedule) outputs.push({ ...(await network.result(process, slot)) });
    return { schedule, outputs, health: (await network.read(process, 'health')) as AoMap };
  } finally {
    await server.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function onRawLua(code: string, schedule: readonly Assignment[]): Promise<Computed[]> {
  const { commitments: _, ...own } = schedule[0]!.req['body'] as AoMap;
  const vm = await createVm({ code, base: { ...own, process: schedule[0]!.req['body'] as AoMap } });
  const computed = await vm.computeAll(schedule.map(({ req }) => req));
  await vm.close();
  return computed;
}

/** The process boots with the program, as one that legacynet's client spawns. */
async function onAos(code: string, schedule: readonly Assignment[]): Promise<AosHandled[]> {
  const aos = loadAosModule(await readFile(aosFile.path), aosFile.sha256);
  const [{ req, process }] = schedule as [Assignment];
  const body = req['body'] as AoMap;
  const vm = await createAosVm({ aos, environment: environmentOf(process, body, 'm'.repeat(43), {}), timeLimitMs: 30_000 });
  const first = aosMessage(req, 'm'.repeat(43));
  const boot = { ...first, Data: aosChunk(code), Tags: [...first.Tags, { name: 'On-Boot', value: 'Data' }] };
  const handled = await vm.handleAll([boot, ...schedule.slice(1).map((each) => aosMessage(each.req, 'm'.repeat(43)))]);
  await vm.close();
  return handled;
}

for (const [role, entry, count, make] of [
  ['market', 'apps/arena/src/shared/market/market.lua', 1_000, marketMessage],
  ['world', 'apps/arena/src/v2/world.ts', 60, worldMessage],
] as const) {
  aosIt(`arena's ${role} answers ${count} random messages alike on aos, on raw Lua and on the local network, digests included`, async () => {
    const { code } = await builtRole({ role, entry, target: 'lua', root: '.' });
    const { schedule, outputs, health } = await onTheNetwork(code, count, make);
    const [raw, aos] = await Promise.all([onRawLua(code, schedule), onAos(code, schedule)]);
    let digests = 0;
    for (const [slot, here] of raw.entries()) {
      const there = aos[slot]!;
      if (!here.ok || !there.ok) throw new Error(`slot ${slot}: ${!here.ok ? here.message : !there.ok ? there.message : ''}`);
      const { health: shown, state: _, ...output } = there.result.Output as AoMap;
      const chunks = (here.results?.['chunks'] ?? {}) as AoMap;
      expect([slot, output]).toEqual([slot, { ...(here.results?.['output'] as AoMap), ...chunks }]);
      expect(shown).toEqual(here.changed['health']);
      expect(there.result.Messages.length).toBe(Object.keys((here.results?.['outbox'] ?? {}) as AoMap).length);
      expect(outputs[slot]).toEqual(here.results?.['output']);
      if (typeof (shown as AoMap)['digest'] === 'string') digests += 1;
    }
    expect(digests).toBeGreaterThan(count / 2);
    expect((aos.at(-1) as AosHandled & { ok: true }).result.Output).toMatchObject({ health });
  }, 180_000);
}
