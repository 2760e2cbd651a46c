import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { startLocalNetwork, type LocalNetwork } from '@beamline/ao/local';
import { systemClock as clock, type AoNetwork, type Assignment } from '@beamline/core';
import { createOperator, type Operator } from '@beamline/kernel/operator';
import { createMemoryStore, openOfflineProcess, runDrill, takeSnapshot } from '@beamline/persistence';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { builtRole } from './built.ts';

const owner = ethereumSigner('11'.repeat(32));
const alice = ethereumSigner('22'.repeat(32));
let folder: string;
let local: LocalNetwork;
let network: AoNetwork;
let operator: Operator;
let code: string;
let process: string;
let walked = 0;

async function say(action: string, by = 0): Promise<void> {
  walked += 1;
  const tags = Object.entries({ Action: action, Seq: `${walked}`, By: `${by}` }).map(([name, value]) => ({ name, value }));
  await network.send(await network.signMessage(alice, { target: process, tags, data: '' }));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beamline-drill-'));
  local = await startLocalNetwork({ dir: folder, clock });
  network = createHyperbeam({ url: local.url, clock });
  operator = createOperator({ network, signer: owner, clock, environment: 'live' });
  ({ code } = await builtRole({ role: 'world', entry: 'test/roles/world-v1.ts', target: 'lua', root: join(import.meta.dirname, '../packages/persistence') }));
  const module = await network.spawn(await network.signModule(owner, code));
  const tags = Object.entries({ 'Beamline-Role': 'world', 'Beamline-Environment': 'live' }).map(([name, value]) => ({ name, value }));
  process = await network.spawn(await network.signProcess(owner, { module, tags, data: '' }));
  await say('Join');
});
afterAll(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

describe('a drill off the network', () => {
  it('brings the real bundle from a stored snapshot to the root of the running process', async () => {
    const store = createMemoryStore();
    const { ref } = await takeSnapshot({ operator, store, clock, process, game: 'arena', role: 'world' });
    for (let n = 0; n < 20; n += 1) await say('Walk', n);
    const report = await runDrill({ network, operator, store, clock, ref, bundle: { code } });
    expect(report).toMatchObject({ outcome: 'good', replayed: 20, slot: ref.slot });
    expect(report.recoveryMs).toBeGreaterThanOrEqual(report.loadMs);
  });

  it('calls it bad when another bundle runs than is said to', async () => {
    const store = createMemoryStore();
    const { ref } = await takeSnapshot({ operator, store, clock, process, game: 'arena', role: 'world' });
    await say('Walk', 3);
    await say('Walk', 4);
    // Players would get 99 points of health instead of 100, so one more player tells.
    const other = code.replace(/\bhp\s*=\s*100\b/, 'hp=99');
    expect(other).not.toBe(code);
    const bob = ethereumSigner('33'.repeat(32));
    await network.send(await network.signMessage(bob, { target: process, tags: [{ name: 'Action', value: 'Join' }], data: '' }));
    expect(await runDrill({ network, operator, store, clock, ref, bundle: { code: other } })).toMatchObject({
      outcome: 'bad', code: 'persistence/drill-differs', message: expect.stringContaining('Player'),
    });
  });

  it('refuses a bundle that does not load, before anything is judged', async () => {
    let genesis: Assignment | undefined;
    for await (const assignment of network.schedule(process, { to: 0 })) genesis = assignment;
    await expect(openOfflineProcess({ genesis: genesis!, clock, code: 'function compute(' })).rejects.toMatchObject({ code: 'vm/syntax' });
  });
});
