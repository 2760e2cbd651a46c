import { beforeEach, describe, expect, it } from '@jest/globals';
import { testId } from '@beamline/kernel/testing';
import { createMemoryStore, runDrill, takeSnapshot, type DrillSite, type SnapshotRef, type SnapshotStore } from '../../src/index.ts';
import { receiveImage } from '../../src/receive-tables.ts';
import { createKernelNode, type KernelNode } from '../kernel-node.ts';
import { hashV1, v1, v2 } from '../sample-role.ts';

let node: KernelNode;
let store: SnapshotStore;
let blue: string;
let ref: SnapshotRef;
let closed: number;
const alice = testId('alice');

async function take(): Promise<SnapshotRef> {
  return (await takeSnapshot({ operator: node.operator, store, clock: node.clock, process: blue, game: 'arena', role: 'world' })).ref;
}

/** Throw-away processes on the same node, in JavaScript. */
const site = (role = v1, layout = hashV1) => async (): Promise<DrillSite> => {
  const process = node.spawn(role, { name: `throwaway-${Math.random()}`, layout, phase: 'standby' });
  return {
    process, operator: node.operator,
    image: async () => { const { index, pages } = await node.operator.snapshot(process); return receiveImage(index, pages()); },
    close: async () => { closed += 1; },
  };
};
const drill = (options: { from?: SnapshotRef; site?: ReturnType<typeof site>; network?: KernelNode['network'] } = {}) => runDrill({
  network: options.network ?? node.network, operator: node.operator, store, clock: node.clock, ref: options.from ?? ref, bundle: { code: '' }, site: options.site ?? site(),
});

beforeEach(async () => {
  node = createKernelNode();
  store = createMemoryStore();
  closed = 0;
  blue = node.spawn(v1, { name: 'blue', layout: hashV1 });
  node.say(blue, alice, { action: 'Join', seq: '1' });
  ref = await take();
  for (let n = 0; n < 10; n += 1) node.say(blue, alice, { action: 'Walk', by: `${n}`, seq: `${n + 2}` });
});

describe('a restore drill', () => {
  it('proves a snapshot by bringing the world back to where the process is', async () => {
    const report = await drill();
    expect(report).toMatchObject({ version: 1, outcome: 'good', process: blue, slot: ref.slot, replayed: 10, ref: `${blue}@${ref.slot}:${ref.sha256}` });
    expect(report.root).toMatch(/^[0-9a-f]{64}$/);
    expect(closed).toBe(1);
  });

  it('leaves the running process as it is, and can be repeated', async () => {
    const { root } = await drill();
    node.say(blue, alice, { action: 'Walk', by: '1', seq: '20' });
    const again = await drill();
    expect(again).toMatchObject({ outcome: 'good', replayed: 11 });
    expect(again.root).not.toBe(root);
  });

  it('repeats the owner\'s links on the way', async () => {
    await node.operator.link(blue, { name: 'battle', process: testId('battle') });
    expect(await drill()).toMatchObject({ outcome: 'good' });
  });

  it('calls a damaged snapshot bad, and names what is damaged', async () => {
    const damaged = { ...store, getPage: async (id: string) => { const bytes = await store.getPage(id); return bytes.length > 1_000 ? bytes.map((byte, n) => (n === 9 ? byte ^ 1 : byte)) : bytes; } };
    const report = await runDrill({ network: node.network, operator: node.operator, store: damaged, clock: node.clock, ref, bundle: { code: '' }, site: site() });
    expect(report).toMatchObject({ outcome: 'bad', replayed: 0 });
    expect(report.outcome === 'bad' && report.code).toMatch(/^persistence\//);
    expect(closed).toBe(1);
  });

  it('calls a missing snapshot bad', async () => {
    expect(await drill({ from: { ...ref, sha256: 'ef'.repeat(32) } })).toMatchObject({ outcome: 'bad', code: 'persistence/missing' });
  });

  it('calls a snapshot bad from which the messages lead elsewhere, and names the tables', async () => {
    const forgetful = { ...node.network, async *schedule(...args: Parameters<typeof node.network.schedule>) {
      for await (const assignment of node.network.schedule(...args)) if (assignment.slot !== ref.slot + 4) yield assignment;
    } };
    const report = await drill({ network: forgetful });
    expect(report).toMatchObject({ outcome: 'bad', code: 'persistence/drill-differs', message: expect.stringContaining('Player') });
  });

  it('calls a snapshot bad that the bundle cannot hold', async () => {
    expect(await drill({ site: site(v2, 'another layout') })).toMatchObject({ outcome: 'bad', code: 'persistence/layout-mismatch' });
  });

  it('refuses where there is nothing to compare with', async () => {
    await node.operator.freeze(blue);
    await expect(drill()).rejects.toMatchObject({ code: 'persistence/no-drill' });
    await node.operator.thaw(blue);
    await expect(drill()).rejects.toMatchObject({ code: 'persistence/no-drill', message: expect.stringContaining('came from elsewhere') });
    ref = await take();
    expect(await drill()).toMatchObject({ outcome: 'good' });
  });

  it('is no verdict when the node fails on the way, at whatever send', async () => {
    for (let failAt = 1; ; failAt += 1) {
      node.failFrom(failAt);
      const outcome = await drill().then((report) => report.outcome, (error: { code: string }) => error.code);
      if (outcome === 'good') break;
      expect(outcome).toBe('ao/unreachable');
    }
  });
});
