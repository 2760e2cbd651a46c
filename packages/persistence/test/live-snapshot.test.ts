import { beforeEach, describe, expect, it } from '@jest/globals';
import { testId } from '@beamline/kernel/testing';
import type { SnapshotReply } from '@beamline/kernel/operator';
import {
  createMemoryStore, imageDigest, imageRoot, migrateImage, readImage, restoreImage, restoreSnapshot, reverseMigration,
  takeSnapshot, writeImage, type SnapshotRef, type SnapshotStore,
} from '../src/index.ts';
import { failingStore } from '../src/testing.ts';
import { createKernelNode, type KernelNode } from './kernel-node.ts';
import { hashV1, hashV2, layoutV1, layoutV2, toV2, v1, v2 } from './sample-role.ts';

let node: KernelNode;
let store: SnapshotStore;
let blue: string;
const alice = testId('alice');
const bob = testId('bob');
const take = (process: string, parent?: SnapshotRef, into = store) => takeSnapshot({
  operator: node.operator, store: into, clock: node.clock, process, game: 'arena', role: 'world', ...(parent && { parent }),
});
const digestOf = async (process: string) => (await node.operator.snapshot(process)).index.digest;

beforeEach(() => {
  node = createKernelNode();
  store = createMemoryStore();
  blue = node.spawn(v1, { name: 'blue', layout: hashV1 });
  node.say(blue, alice, { action: 'Join' });
  node.say(blue, bob, { action: 'Join' });
});

describe('a snapshot of a running process', () => {
  it('holds what the process holds, and the process goes on', async () => {
    const digest = await digestOf(blue);
    const { ref, ...receipt } = await take(blue);
    node.say(blue, alice, { action: 'Walk', by: '5' });
    const image = await readImage(store, ref);
    expect(receipt).toMatchObject({ digest, root: imageRoot(image), pagesReused: 0 });
    expect(imageDigest(image)).toBe(digest);
    expect(await digestOf(blue)).not.toBe(digest);
    expect(image.layout).toBe(hashV1);
    expect(image.tables.map(({ name, rows }) => [name, rows])).toContainEqual(['Player', 2]);
  });

  it('asks only for pages written since its parent, and has the root of a full one', async () => {
    const first = await take(blue);
    node.say(blue, alice, { action: 'Walk', by: '5' });
    const second = await take(blue, first.ref);
    expect(second.pagesReused).toBeGreaterThanOrEqual(4);
    expect(second.bytes).toBeLessThan(first.bytes / 4);
    const image = await readImage(store, second.ref);
    expect(imageDigest(image)).toBe(second.digest);
    expect((await take(blue)).root).toBe(second.root);
  });

  it('chains: each one is whole on its own, whatever becomes of its ancestors', async () => {
    let parent: SnapshotRef | undefined;
    for (let n = 0; n < 5; n += 1) {
      node.say(blue, alice, { action: 'Walk', by: '1' });
      const { ref } = await take(blue, parent);
      if (parent !== undefined) await store.delete([parent]);
      parent = ref;
    }
    expect(imageDigest(await readImage(store, parent!))).toBe(await digestOf(blue));
  });

  it('refuses a parent that is no ancestor of this state', async () => {
    const other = node.spawn(v1, { name: 'other', layout: hashV1 });
    const foreign = await take(other);
    await expect(take(blue, foreign.ref)).rejects.toMatchObject({
      code: 'persistence/parent-mismatch', message: expect.stringContaining(`is of process ${other}`) as unknown as string,
    });
    const own = await take(blue);
    const image = await readImage(store, own.ref);
    const edited = { ...image, tables: image.tables.map((table) => (table.name === 'Rock' ? { ...table, data: [...table.data.slice(0, 2), table.data[2]!.map(() => 7)] } : table)) };
    const { ref } = await writeImage({ store, image: edited, game: 'arena', role: 'world', process: blue });
    await expect(take(blue, ref)).rejects.toMatchObject({ code: 'persistence/parent-mismatch' });
  });

  it('refuses pages and indexes that don\'t belong together, and stores nothing', async () => {
    const bend: Record<string, (reply: SnapshotReply) => SnapshotReply> = {
      'a changed cell': (reply) => ({ ...reply, pages: () => mapped(reply, (text) => text.replace(/\d/, (digit) => `${(Number(digit) + 1) % 10}`)) }),
      'a truncated page': (reply) => ({ ...reply, pages: () => mapped(reply, (text) => text.slice(0, -40)) }),
      'an HTML page': (reply) => ({ ...reply, pages: () => mapped(reply, () => '<html>error</html>') }),
      'missing pages': (reply) => ({ ...reply, pages: () => mapped(reply, () => undefined) }),
      'a wrong digest of the world': (reply) => ({ ...reply, index: { ...reply.index, digest: '1-2' } }),
      'a wrong number of rows': (reply) => ({ ...reply, index: { ...reply.index, tables: reply.index.tables.map((table) => ({ ...table, rows: table.rows + 1 })) } }),
    };
    for (const change of Object.values(bend)) {
      const operator = { snapshot: async () => change(await node.operator.snapshot(blue)) };
      await expect(takeSnapshot({ operator, store, clock: node.clock, process: blue, game: 'arena', role: 'world' }))
        .rejects.toMatchObject({ code: 'persistence/bad-snapshot', retryable: true });
    }
    for await (const ref of store.list()) throw new Error(`stored ${ref.slot}`);
  });

  it('is whole or not listed when the store fails at any call', async () => {
    for (let failAt = 1; ; failAt += 1) {
      const empty = createMemoryStore();
      const outcome = await take(blue, undefined, failingStore(empty, failAt)).then(() => 'done', (error: { code: string }) => error.code);
      for await (const ref of empty.list(blue)) expect(imageRoot(await readImage(empty, ref))).toMatch(/^[0-9a-f]{64}$/);
      if (outcome === 'done') break;
      expect(outcome).toBe('persistence/write-failed');
    }
  });
});

async function* mapped(reply: SnapshotReply, change: (text: string) => string | undefined) {
  for await (const page of reply.pages()) {
    const text = page.table === 'Rock' ? change(page.text) : page.text;
    if (text !== undefined) yield { ...page, text };
  }
}

describe('restoring a snapshot', () => {
  it('gives a fresh process the same world, which then goes on alike', async () => {
    const { ref, slot, root, digest } = await take(blue);
    const green = node.spawn(v1, { name: 'green', layout: hashV1, phase: 'standby' });
    expect(await restoreSnapshot({ operator: node.operator, store, clock: node.clock, ref, process: green }))
      .toMatchObject({ slot, root, digest });
    await node.operator.activate(green);
    for (const process of [blue, green]) node.say(process, alice, { action: 'Walk', by: '9', seq: '1' });
    expect(await digestOf(green)).toBe(await digestOf(blue));
    expect((await take(green)).root).toBe((await take(blue)).root);
  });

  it('sends only what differs when it restores again', async () => {
    const first = await take(blue);
    const green = node.spawn(v1, { name: 'green', layout: hashV1, phase: 'standby' });
    const restore = (ref: SnapshotRef) => restoreSnapshot({ operator: node.operator, store, clock: node.clock, ref, process: green });
    const full = await restore(first.ref);
    node.say(blue, alice, { action: 'Walk', by: '5' });
    const second = await take(blue, first.ref);
    const again = await restore(second.ref);
    expect(again.pagesSent).toBeLessThan(full.pagesSent / 2);
    expect(await digestOf(green)).toBe(second.digest);
    expect((await restore(second.ref)).pagesSent).toBe(0);
  });

  it('grows and shrinks tables to what the image holds', async () => {
    const small = await take(blue);
    for (let n = 0; n < 40; n += 1) node.say(blue, testId(`crowd-${n}`), { action: 'Join' });
    const large = await take(blue);
    const green = node.spawn(v1, { name: 'green', layout: hashV1, phase: 'standby' });
    for (const { ref, digest } of [large, small, large]) {
      await restoreSnapshot({ operator: node.operator, store, clock: node.clock, ref, process: green });
      expect(await digestOf(green)).toBe(digest);
    }
  });

  it('puts tables into the order of the process, whatever their order in the image', async () => {
    const { ref, digest } = await take(blue);
    const image = await readImage(store, ref);
    const green = node.spawn(v1, { name: 'green', layout: hashV1, phase: 'standby' });
    await restoreImage({ operator: node.operator, image: { ...image, tables: [...image.tables].reverse() }, process: green });
    expect(await digestOf(green)).toBe(digest);
  });

  it('changes nothing in a process that is not in standby, or has another layout', async () => {
    const { ref, digest } = await take(blue);
    await expect(restoreSnapshot({ operator: node.operator, store, clock: node.clock, ref, process: blue }))
      .rejects.toMatchObject({ code: 'kernel/wrong-phase' });
    expect(await digestOf(blue)).toBe(digest);
    for (const [role, layout] of [[v2, hashV2], [v1, 'same columns, other ids']] as const) {
      const other = node.spawn(role, { name: layout, layout, phase: 'standby' });
      await expect(restoreSnapshot({ operator: node.operator, store, clock: node.clock, ref, process: other }))
        .rejects.toMatchObject({ code: 'persistence/layout-mismatch' });
    }
  });

  it('is done or undone when the network fails at any send, and completes when repeated', async () => {
    const { ref, digest } = await take(blue);
    for (let failAt = 1; ; failAt += 1) {
      const green = node.spawn(v1, { name: `green-${failAt}`, layout: hashV1, phase: 'standby' });
      const empty = await digestOf(green);
      const restore = () => restoreSnapshot({ operator: node.operator, store, clock: node.clock, ref, process: green });
      node.failFrom(failAt);
      const outcome = await restore().then(() => 'done', (error: { code: string }) => error.code);
      node.failFrom(Infinity);
      if (outcome === 'done') break;
      expect(outcome).toBe('ao/unreachable');
      expect([empty, digest]).toContain(await digestOf(green));
      expect((await restore()).digest).toBe(digest);
    }
  });
});

describe('a migrated snapshot', () => {
  it('is what the process of the new version computes, inside by digest and outside by root', async () => {
    node.say(blue, alice, { action: 'Walk', by: '7' });
    const { ref } = await take(blue);
    const migrated = migrateImage(await readImage(store, ref), toV2, layoutV2);
    const green = node.spawn(v2, { name: 'green', layout: hashV2, phase: 'standby' });
    const restored = await restoreSnapshot({
      operator: node.operator, store, clock: node.clock, ref, process: green, migrate: { migrations: [toV2], to: layoutV2 },
    });
    expect(restored).toMatchObject({ digest: imageDigest(migrated), root: imageRoot(migrated) });
    expect(await take(green)).toMatchObject({ digest: restored.digest, root: restored.root });

    await node.operator.activate(green);
    const [x] = String(node.say(green, alice, { action: 'Walk', by: '0' })['data']).split(' ');
    expect(node.say(green, alice, { action: 'Walk', by: '10' })['data']).toBe(`${Number(x) + 20} 100 25`);
  });

  it('goes back by the reverse migration with what was played since', async () => {
    const { ref } = await take(blue);
    const green = node.spawn(v2, { name: 'green', layout: hashV2, phase: 'standby' });
    await restoreSnapshot({ operator: node.operator, store, clock: node.clock, ref, process: green, migrate: { migrations: [toV2], to: layoutV2 } });
    await node.operator.activate(green);
    const said = node.say(green, alice, { action: 'Walk', by: '50' });

    const { ref: later } = await take(green);
    const back = migrateImage(await readImage(store, later), reverseMigration(toV2).migration!, layoutV1);
    const again = node.spawn(v1, { name: 'again', layout: hashV1, phase: 'standby' });
    await restoreImage({ operator: node.operator, image: back, process: again });
    await node.operator.activate(again);
    expect(node.say(again, alice, { action: 'Walk', by: '0' })['data']).toBe(String(said['data']).split(' ')[0]);
  });
});
