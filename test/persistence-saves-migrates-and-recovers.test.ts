import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { startLocalNetwork, type LocalNetwork } from '@beamline/ao/local';
import { systemClock as clock, type AoNetwork, type Signer } from '@beamline/core';
import { createOperator, type Operator } from '@beamline/kernel/operator';
import {
  createMemoryStore, recover, replayTail, restoreSnapshot, reverseMigration, takeSnapshot, type SnapshotRef, type SnapshotStore,
} from '@beamline/persistence';
import { createFsStore } from '@beamline/persistence/fs';
import { layoutV1, layoutV2, toV2 } from '../packages/persistence/test/sample-role.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { builtRole } from './built.ts';

const owner = ethereumSigner('11'.repeat(32));
const alice = ethereumSigner('22'.repeat(32));
const bob = ethereumSigner('33'.repeat(32));

let folder: string;
let local: LocalNetwork;
let network: AoNetwork;
let operator: Operator;
let code: string;
const modules: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beamline-recovery-'));
  local = await startLocalNetwork({ dir: join(folder, 'network'), clock });
  network = createHyperbeam({ url: local.url, clock });
  operator = createOperator({ network, signer: owner, clock });
  const root = join(import.meta.dirname, '../packages/persistence');
  for (const version of ['v1', 'v2']) {
    const bundle = await builtRole({ role: 'world', entry: `test/roles/world-${version}.ts`, target: 'lua', root });
    modules[version] = await network.spawn(await network.signModule(owner, bundle.code));
    code ??= bundle.code;
  }
});
afterAll(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

let spawned = 0;
async function spawn(phase: 'active' | 'standby', version = 'v1'): Promise<string> {
  // Keys sign deterministically: the same process message would be the same process.
  spawned += 1;
  const tags = [{ name: 'Beamline-Phase', value: phase }, { name: 'Beamline-Role', value: 'world' }];
  return network.spawn(await network.signProcess(owner, { module: modules[version]!, tags, data: `arena ${spawned}` }));
}

async function say(process: string, who: Signer, seq: number, action: string, by = 0) {
  const tags = Object.entries({ Action: action, Seq: `${seq}`, By: `${by}` }).map(([name, value]) => ({ name, value }));
  return network.send(await network.signMessage(who, { target: process, tags, data: '' }));
}

async function said(...message: Parameters<typeof say>) {
  const delivery = await say(...message);
  return delivery.outcome === 'computed' ? delivery.output : {};
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

  it('goes on in the next version after a migration, and back by the reverse one, every root as computed outside', async () => {
    const store = createMemoryStore();
    const blue = await spawn('active');
    await say(blue, alice, 1, 'Join');
    const before = Number((await said(blue, alice, 2, 'Walk', 30)).data);
    const { ref } = await take(blue, store);

    const green = await spawn('standby', 'v2');
    const there = await restoreSnapshot({ operator, store, clock, ref, process: green, migrate: { migrations: [toV2], to: layoutV2 } });
    expect((await take(green, store)).root).toBe(there.root);
    await operator.activate(green);
    expect(await said(green, alice, 3, 'Walk', 10)).toMatchObject({ outcome: 'ok', data: `${before + 20} 100 25` });

    const later = await take(green, store);
    const again = await spawn('standby');
    const migrations = [reverseMigration(toV2).migration!];
    const back = await restoreSnapshot({ operator, store, clock, ref: later.ref, process: again, migrate: { migrations, to: layoutV1 } });
    expect((await take(again, store)).root).toBe(back.root);
    await operator.activate(again);
    expect(await said(again, alice, 4, 'Walk', 1)).toMatchObject({ outcome: 'ok', data: `${before + 21}` });
    expect(await said(again, alice, 3, 'Walk', 10)).toMatchObject({ outcome: 'duplicate' });
  });

  it('comes back when it is lost: newest good snapshot, the messages after it, the same root as a replica', async () => {
    const root = join(folder, 'lost');
    const store = createFsStore({ root });
    const blue = await spawn('active');
    await say(blue, alice, 1, 'Join');
    const good = await take(blue, store);
    const packs = await readdir(join(root, 'packs'));
    await say(blue, bob, 1, 'Join');
    const damaged = await take(blue, store, good.ref);
    await say(blue, alice, 2, 'Walk', 40);
    await brick(blue);
    expect(await say(blue, alice, 3, 'Walk', 2)).toMatchObject({ outcome: 'scheduled' });

    for (const name of await readdir(join(root, 'packs'))) if (!packs.includes(name)) await writeFile(join(root, 'packs', name), 'torn');

    const report = await rescue(blue, createFsStore({ root }));
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

  it('comes back from the middle of a deployment: what waited at the fence is applied', async () => {
    const store = createMemoryStore();
    const blue = await spawn('active');
    await say(blue, alice, 1, 'Join');
    await take(blue, store);
    await operator.freeze(blue);
    expect(await say(blue, alice, 2, 'Walk', 10)).toMatchObject({ output: { outcome: 'held' } });
    await brick(blue);
    expect(await rescue(blue, store)).toMatchObject({ rootsMatch: true, replayed: 1 });
  });

  it('is not brought back beside its successor', async () => {
    const store = createMemoryStore();
    const blue = await spawn('active');
    const green = await spawn('standby');
    await operator.freeze(blue);
    await operator.handOver(blue, { successor: green });
    await brick(blue);
    await expect(rescue(blue, store)).rejects.toMatchObject({ code: 'persistence/not-lost' });
  });

  it('is reported as different when a replica of another bundle disagrees', async () => {
    const blue = await spawn('active');
    await say(blue, alice, 1, 'Join');
    await say(blue, alice, 2, 'Walk', 10);
    await brick(blue);
    const store = createMemoryStore();
    const lying = code.replace(/\bhp\s*=\s*100\b/, 'hp=99');
    expect(lying).not.toBe(code);
    const report = await recover({ network, operator, store, clock, process: blue, spawn: () => spawn('standby'), bundle: { code: lying } });
    expect(report.rootsMatch).toBe(false);
  });
});
