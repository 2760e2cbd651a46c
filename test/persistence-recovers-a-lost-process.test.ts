import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { startLocalNetwork, type LocalNetwork } from '@beamline/ao/local';
import { buildRole } from '@beamline/bundler';
import { systemClock as clock, type AoNetwork, type Signer } from '@beamline/core';
import { createOperator, type Operator } from '@beamline/kernel/operator';
import {
  createMemoryStore, readManifest, recover, replayTail, restoreSnapshot, takeSnapshot, type SnapshotRef, type SnapshotStore,
} from '@beamline/persistence';
import { createFsStore } from '@beamline/persistence/fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const owner = ethereumSigner('11'.repeat(32));
const alice = ethereumSigner('22'.repeat(32));
const bob = ethereumSigner('33'.repeat(32));

let folder: string;
let local: LocalNetwork;
let network: AoNetwork;
let operator: Operator;
let code: string;
let module: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beamline-recovery-'));
  local = await startLocalNetwork({ dir: join(folder, 'network'), clock });
  network = createHyperbeam({ url: local.url, clock });
  operator = createOperator({ network, signer: owner, clock });
  const root = join(import.meta.dirname, '../packages/persistence');
  code = (await buildRole({ role: 'world', entry: 'test/roles/world-v1.ts', target: 'lua', root })).code;
  module = await network.spawn(await network.signModule(owner, code));
});
afterAll(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

let spawned = 0;
async function spawn(phase: 'active' | 'standby'): Promise<string> {
  // Keys sign deterministically: the same process message would be the same process.
  spawned += 1;
  const tags = [{ name: 'Beamline-Phase', value: phase }, { name: 'Beamline-Role', value: 'world' }];
  return network.spawn(await network.signProcess(owner, { module, tags, data: `arena ${spawned}` }));
}

async function say(process: string, who: Signer, seq: number, action: string, by = 0) {
  const tags = Object.entries({ Action: action, Seq: `${seq}`, By: `${by}` }).map(([name, value]) => ({ name, value }));
  return network.send(await network.signMessage(who, { target: process, tags, data: '' }));
}

const brick = (process: string) => fetch(`${local.url}/~beamline@1.0/brick?process=${process}`, { method: 'POST' });
const take = (process: string, store: SnapshotStore, parent?: SnapshotRef) =>
  takeSnapshot({ operator, store, clock, process, game: 'arena', role: 'world', ...(parent && { parent }) });
const rescue = (process: string, store: SnapshotStore) =>
  recover({ network, operator, store, clock, process, spawn: () => spawn('standby'), bundle: { code } });

describe('a process on a node', () => {
  it('is snapshotted while it runs, in increments, and restored into another one with the same root', async () => {
    const store = createFsStore({ root: join(folder, 'running') });
    const blue = await spawn('active');
    await say(blue, alice, 1, 'Join');
    const first = await take(blue, store);
    await say(blue, alice, 2, 'Walk', 30);
    const second = await take(blue, store, first.ref);
    expect(second.pagesReused).toBeGreaterThan(0);
    expect(second.bytes).toBeLessThan(first.bytes / 2);

    const green = await spawn('standby');
    const restored = await restoreSnapshot({ operator, store, clock, ref: second.ref, process: green });
    expect(restored).toMatchObject({ root: second.root, digest: second.digest });
    expect((await take(green, store)).root).toBe(second.root);
  });

  it('comes back when it is lost: newest good snapshot, the messages after it, the same root as a replica', async () => {
    const root = join(folder, 'lost');
    const store = createFsStore({ root });
    const blue = await spawn('active');
    await say(blue, alice, 1, 'Join');
    const good = await take(blue, store);
    await say(blue, bob, 1, 'Join');
    const damaged = await take(blue, store, good.ref);
    await say(blue, alice, 2, 'Walk', 40);
    await brick(blue);
    expect(await say(blue, alice, 3, 'Walk', 2)).toMatchObject({ outcome: 'scheduled' });

    const kept = new Set((await readManifest(store, good.ref)).tables.flatMap(({ pages }) => pages.map(({ id }) => `${id}.page`)));
    for (const name of await readdir(join(root, 'pages'))) if (!kept.has(name)) await writeFile(join(root, 'pages', name), 'torn');

    const report = await rescue(blue, store);
    expect(report).toMatchObject({ ref: good.ref, rootsMatch: true, replayed: 3 });
    expect(report.skipped).toMatchObject([{ ref: damaged.ref, code: 'persistence/hash-mismatch' }]);
    expect(report.skipped[0]!.message).toContain('of table');

    // A client that had not heard of the new process yet, and then one that has.
    await say(blue, alice, 4, 'Walk', 1);
    const late = await replayTail({ network, operator, from: blue, to: report.process, after: report.slot, history: report.history });
    expect(late).toMatchObject({ replayed: 1, duplicates: 0 });
    expect(await say(report.process, alice, 3, 'Walk', 2)).toMatchObject({ output: { outcome: 'duplicate' } });
    expect(await say(report.process, alice, 5, 'Walk', 1)).toMatchObject({ output: { outcome: 'ok' } });
  });

  it('comes back without any snapshot, and again after it was recovered once', async () => {
    const store = createMemoryStore();
    const first = await spawn('active');
    await say(first, alice, 1, 'Join');
    await say(first, alice, 2, 'Walk', 10);
    await brick(first);
    const second = await rescue(first, store);
    expect(second).toMatchObject({ rootsMatch: true, replayed: 2, skipped: [] });
    expect(second.ref).toBeUndefined();

    await say(second.process, alice, 3, 'Walk', 10);
    await brick(second.process);
    const third = await rescue(second.process, store);
    expect(third).toMatchObject({ rootsMatch: true, replayed: 1 });
    expect(await say(third.process, alice, 3, 'Walk', 10)).toMatchObject({ output: { outcome: 'duplicate' } });
  });
});
