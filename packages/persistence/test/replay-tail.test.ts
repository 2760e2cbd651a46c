import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AoNetwork, Assignment } from '@beamline/core';
import { testId } from '@beamline/kernel/testing';
import { createMemoryStore, ownerHistory, replayTail, restoreSnapshot, takeSnapshot } from '../src/index.ts';
import { createKernelNode, type KernelNode } from './kernel-node.ts';
import { hashV1, v1 } from './sample-role.ts';

let node: KernelNode;
let blue: string;
let green: string;
let after: number;
const alice = testId('alice');
const digestOf = async (process: string) => (await node.operator.snapshot(process)).index.digest;
const scheduleOf = async (process: string) => {
  const list: Assignment[] = [];
  for await (const assignment of node.network.schedule(process)) list.push(assignment);
  return list;
};
const replay = async (network: Pick<AoNetwork, 'schedule'> = node.network) =>
  replayTail({ network, operator: node.operator, from: blue, to: green, after, history: ownerHistory(await scheduleOf(blue)) });

beforeEach(async () => {
  node = createKernelNode();
  blue = node.spawn(v1, { name: 'blue', layout: hashV1 });
  green = node.spawn(v1, { name: 'green', layout: hashV1, phase: 'standby' });
  node.say(blue, alice, { action: 'Join', seq: '1' });
  const store = createMemoryStore();
  const { ref, slot } = await takeSnapshot({ operator: node.operator, store, clock: node.clock, process: blue, game: 'arena', role: 'world' });
  await restoreSnapshot({ operator: node.operator, store, clock: node.clock, ref, process: green });
  after = slot;
  for (let n = 0; n < 20; n += 1) {
    await node.clock.advance(250);
    node.say(blue, alice, { action: 'Walk', by: `${n}`, seq: `${n + 2}` });
    node.say(blue, testId(`crowd-${n}`), { action: n % 5 === 0 ? 'Dance' : 'Join' });
  }
});

describe('replaying the tail of a schedule', () => {
  it('brings a restored process to the state of the lost one', async () => {
    expect(await replay()).toEqual({ replayed: 40, duplicates: 0, slot: after + 40 });
    expect(await digestOf(green)).toBe(await digestOf(blue));
  });

  it('applies nothing twice when it is repeated, before or after activation', async () => {
    await replay();
    const digest = await digestOf(green);
    expect(await replay()).toMatchObject({ replayed: 0, duplicates: 40 });
    await node.operator.activate(green);
    expect(await replay()).toMatchObject({ replayed: 0, duplicates: 40 });
    expect(await digestOf(green)).toBe(digest);
  });

  it('goes on until the schedule is quiet', async () => {
    let late = 3;
    const network: Pick<AoNetwork, 'schedule'> = {
      async *schedule(process, range) {
        yield* node.network.schedule(process, range);
        late -= 1;
        if (late >= 0) node.say(blue, alice, { action: 'Walk', by: '1', seq: `${100 - late}` });
      },
    };
    expect(await replay(network)).toMatchObject({ replayed: 43 });
    expect(await digestOf(green)).toBe(await digestOf(blue));
  });

  it('repeats the owner\'s links between the messages they stood between', async () => {
    await node.operator.link(blue, { name: 'battle', process: testId('battle') });
    node.say(blue, alice, { action: 'Walk', by: '1', seq: '50' });
    await node.operator.link(blue, { name: 'market', process: testId('market'), mode: 'accept' });
    await replay();
    expect(await digestOf(green)).toBe(await digestOf(blue));
  });

  it('completes when the network failed at any send before', async () => {
    for (let failAt = 1; ; failAt += 1) {
      node.failFrom(failAt);
      const outcome = await replay().then(() => 'done', (error: { code: string }) => error.code);
      if (outcome === 'done') break;
      expect(outcome).toBe('ao/unreachable');
    }
    node.failFrom(Infinity);
    expect(await digestOf(green)).toBe(await digestOf(blue));
  });
});

describe('the owner\'s history of a process', () => {
  it('is settled at slot 0 as long as nothing but messages, snapshots and links came', async () => {
    await node.operator.link(blue, { name: 'battle', process: testId('battle') });
    expect(ownerHistory(await scheduleOf(blue))).toMatchObject({ settledAt: 0, owner: testId('owner'), acceptFrom: [] });
  });

  it('is settled where state came from elsewhere, and knows whose forwards were accepted', async () => {
    await node.operator.activate(green, { acceptFrom: [blue, testId('older')] });
    const schedule = await scheduleOf(green);
    expect(ownerHistory(schedule)).toMatchObject({ settledAt: schedule.at(-1)!.slot, acceptFrom: [blue, testId('older')] });
  });

  it('ignores operations that a stranger signed', async () => {
    node.say(blue, alice, { 'action': 'Beamline.Activate', 'accept-from': testId('alice') });
    expect(ownerHistory(await scheduleOf(blue))).toMatchObject({ settledAt: 0, acceptFrom: [] });
  });
});
