import { beforeEach, describe, expect, it } from '@jest/globals';
import { anchorTags, createMemoryStore, encodeAnchor, verifyAnchor, type Anchor, type VerifyAnchorOptions } from '../../src/index.ts';
import { createAnchorWorld, NEXT_PROCESS } from './anchor-world.ts';

let world: ReturnType<typeof createAnchorWorld>;
beforeEach(() => { world = createAnchorWorld(); });
const verify = (id: string, options: Partial<VerifyAnchorOptions> = {}) =>
  verifyAnchor({ arweave: world.arweave, owners: world.owners, id, stores: [world.store], ...options });

/** An anchor that follows another, with whatever it is told to say. */
const after = (id: string, { process, slot, layout, root }: Anchor, change: Partial<Anchor> = {}): Anchor => ({
  version: 1, game: 'arena', role: 'world', process, slot: slot + 1, layout, root, snapshot: 'cd'.repeat(32), timestamp: 5,
  previous: { id, process, slot, layout, root }, ...change,
});

describe('an anchor', () => {
  it('is verified from the chain alone, and against the snapshot it names', async () => {
    const { ids, anchors } = await world.chain(3, 8, 20);
    const verdict = await verify(ids[1]!);
    expect(verdict).toMatchObject({ verified: true, reasons: [], forks: [], layoutChanges: [], status: { state: 'confirmed' } });
    expect(verdict.chain.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(verdict.later.map(({ id }) => id)).toEqual([ids[2]]);
    expect(verdict.compared).toMatchObject([{ root: anchors[1]!.root, matches: true }]);
    expect(await verify(ids[2]!, { stores: [] })).toMatchObject({ verified: true, compared: [] });
  });

  it('takes the snapshot from the first store that has it', async () => {
    const { ids } = await world.chain(3);
    expect((await verify(ids[0]!, { stores: [createMemoryStore(), world.store] })).compared).toHaveLength(1);
    const ref = { process: 'z'.repeat(43), slot: 1, sha256: 'ab'.repeat(32) };
    await expect(verify(ids[0]!, { snapshot: ref })).rejects.toMatchObject({ code: 'persistence/missing' });
  });

  it('does not vouch for another world, nor for the same world at another slot', async () => {
    const { ids, refs } = await world.chain(3, 8);
    const verdict = await verify(ids[1]!, { snapshot: refs[0]! });
    expect(verdict).toMatchObject({ verified: false, compared: [{ matches: false }], reasons: [expect.stringContaining('has root')] });
    const same = await world.snapshot(30, { entities: 8 });
    expect(await verify(ids[1]!, { snapshot: same })).toMatchObject({ verified: false });
  });

  it('is compared with what a replay computes', async () => {
    const { ids, anchors } = await world.chain(3);
    expect(await verify(ids[0]!, { replay: async ({ slot }) => (slot === 3 ? anchors[0]!.root : '') })).toMatchObject({ verified: true });
    expect(await verify(ids[0]!, { replay: async () => '00'.repeat(32) })).toMatchObject({ verified: false, compared: [{ matches: true }, { with: 'replay', matches: false }] });
  });

  it('counts only once it is in a block', async () => {
    const { id } = await world.anchor(await world.snapshot(3));
    expect(await verify(id)).toMatchObject({ verified: false, reasons: ['the anchor is in no block yet (pending)'] });
    world.arweave.mine(1);
    expect(await verify(id)).toMatchObject({ verified: true });
  });

  it('reads every anchor once, however long the chain', async () => {
    const { ids } = await world.chain(...Array.from({ length: 40 }, (_, n) => n + 1));
    const read: string[] = [];
    const counting = { ...world.arweave, item: (id: string) => { read.push(id); return world.arweave.item(id); } };
    expect((await verify(ids.at(-1)!, { arweave: counting })).chain).toHaveLength(40);
    expect([...read].sort()).toEqual([...ids].sort());
  });

  it('shows where the layout changed, and where another process went on', async () => {
    await world.chain(3);
    const { id } = await world.anchor(await world.snapshot(2, { process: NEXT_PROCESS, layout: 'layout-2' }));
    world.arweave.mine(1);
    const verdict = await verify(id);
    expect(verdict).toMatchObject({ verified: true, layoutChanges: [{ anchor: id, from: 'layout-1', to: 'layout-2' }] });
    expect(verdict.chain.map(({ anchor }) => anchor.process[0])).toEqual(['p', 'q']);
  });
});

describe('a chain', () => {
  it('with a missing link is refused by the name of the link', async () => {
    const { ids } = await world.chain(3, 8, 20);
    world.arweave.lose(ids[1]!);
    await expect(verify(ids[2]!)).rejects.toMatchObject({ code: 'persistence/anchor-missing', retryable: true, details: { anchor: ids[1] } });
    await expect(verify('x'.repeat(43))).rejects.toMatchObject({ code: 'persistence/anchor-missing' });
  });

  it('is refused where somebody else signed', async () => {
    const { ids, anchors } = await world.chain(3);
    const forged = await world.plant(after(ids[0]!, anchors[0]!), { by: world.stranger });
    await expect(verify(forged)).rejects.toMatchObject({ code: 'persistence/anchor-signer', details: { anchor: forged } });
    const onTop = await world.plant(after(forged, after(ids[0]!, anchors[0]!)));
    await expect(verify(onTop)).rejects.toMatchObject({ code: 'persistence/anchor-signer', details: { anchor: forged } });
    expect((await verify(onTop, { owners: [...world.owners, world.stranger.address] })).chain).toHaveLength(3);
  });

  it.each<[string, Partial<Anchor['previous']>]>([
    ['slot', { slot: 2 }], ['root', { root: '00'.repeat(32) }], ['layout', { layout: 'other' }], ['process', { process: NEXT_PROCESS }],
  ])('is refused where an anchor says something else of the one before: %s', async (_, change) => {
    const { ids, anchors } = await world.chain(3);
    const lie = after(ids[0]!, anchors[0]!, { slot: 9 });
    const id = await world.plant({ ...lie, previous: { ...lie.previous!, ...change } });
    await expect(verify(id)).rejects.toMatchObject({ code: 'persistence/anchor-link', details: { anchor: id } });
  });

  it('is refused where slots go back, stand still, or a process returns', async () => {
    const { ids, anchors } = await world.chain(3, 8);
    for (const slot of [7, 8]) {
      const id = await world.plant(after(ids[1]!, anchors[1]!, { slot }));
      await expect(verify(id)).rejects.toMatchObject({ code: 'persistence/anchor-order', details: { anchor: id } });
    }
    const moved = after(ids[1]!, anchors[1]!, { process: NEXT_PROCESS, slot: 1 });
    const back = await world.plant(after(await world.plant(moved), moved, { process: anchors[0]!.process, slot: 50 }));
    await expect(verify(back)).rejects.toMatchObject({ code: 'persistence/anchor-order', details: { anchor: back } });
  });

  it('with two histories is reported, wherever they part', async () => {
    const { ids, anchors } = await world.chain(3, 8, 20);
    const root = 'ef'.repeat(32);
    const beside = await world.plant(after(ids[0]!, anchors[0]!, { slot: 9, root }));
    const elsewhere = await world.plant(after(ids[1]!, anchors[1]!, { process: NEXT_PROCESS, slot: 1, root }));
    const { previous: _, ...beginning } = after(ids[0]!, anchors[0]!, { slot: 1, root });
    const start = await world.plant(beginning);
    const verdict = await verify(ids[2]!);
    expect(verdict.verified).toBe(false);
    expect(verdict.reasons).toHaveLength(3);
    expect(verdict.forks).toEqual(expect.arrayContaining([
      expect.objectContaining({ id: beside, previous: ids[0], slot: 9 }), expect.objectContaining({ id: elsewhere, previous: ids[1] }), expect.objectContaining({ id: start, slot: 1 }),
    ]));
    // Seen from the other branch it is a fork as well, and what follows a fork is told once, with its root.
    expect((await verify(beside, { stores: [] })).forks.map(({ id }) => id)).toEqual(expect.arrayContaining([ids[1]]));
  });

  it('in which an anchor was made twice is no fork, but what follows the double is one', async () => {
    const { ids, anchors } = await world.chain(3, 8, 20);
    const double = await world.plant({ ...anchors[1]!, timestamp: 77 });
    expect(await verify(ids[2]!)).toMatchObject({ verified: true, forks: [] });
    const twin = await world.plant(after(double, anchors[1]!, { slot: 20, root: anchors[2]!.root, layout: anchors[2]!.layout }));
    expect(await verify(ids[2]!)).toMatchObject({ verified: true, forks: [] });
    expect((await verify(twin, { stores: [] })).forks).toEqual([]);
    const fork = await world.plant(after(double, anchors[1]!, { slot: 21 }));
    expect((await verify(ids[2]!)).forks).toMatchObject([{ id: fork, previous: double }]);
  });

  it('does not care what strangers put beside it', async () => {
    const { ids, anchors } = await world.chain(3, 8);
    await world.plant(after(ids[0]!, anchors[0]!, { slot: 9 }), { by: world.stranger });
    await world.plant(anchors[1]!, { tags: anchorTags(anchors[1]!), data: encodeAnchor({ ...anchors[1]!, slot: 44 }) });
    expect(await verify(ids[1]!)).toMatchObject({ verified: true, forks: [] });
  });
});

describe('an item that is no anchor', () => {
  const tagsWith = (anchor: Anchor, name: string, value: string) => anchorTags(anchor).map((tag) => (tag.name === name ? { name, value } : tag));

  it('is refused, and says why', async () => {
    const { ids, anchors } = await world.chain(3);
    const good = after(ids[0]!, anchors[0]!);
    const text = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
    const bad: [string, Parameters<typeof world.plant>[1]][] = [
      ['persistence/anchor-damaged', { tags: tagsWith(good, 'Type', 'Checkpoint') }],
      ['persistence/anchor-version', { tags: tagsWith(good, 'Schema-Version', '2') }],
      ['persistence/anchor-damaged', { tags: tagsWith(good, 'Root', '11'.repeat(32)) }],
      ['persistence/anchor-damaged', { tags: tagsWith(good, 'Nonce', '5') }],
      ['persistence/anchor-damaged', { tags: [...anchorTags(good), { name: 'Root', value: good.root }] }],
      ['persistence/anchor-damaged', { tags: anchorTags(good).filter(({ name }) => name !== 'Previous') }],
      ['persistence/anchor-damaged', { data: text('{') }],
      ['persistence/anchor-damaged', { data: text('null') }],
      ['persistence/anchor-damaged', { data: Uint8Array.of(0xff, 0xfe) }],
      ['persistence/anchor-damaged', { data: text(`${new TextDecoder().decode(encodeAnchor(good))} `) }],
      ['persistence/anchor-damaged', { data: text({ ...good, more: 1 }) }],
      ['persistence/anchor-damaged', { data: encodeAnchor({ ...good, slot: -1 }) }],
      ['persistence/anchor-damaged', { data: encodeAnchor({ ...good, root: good.root.toUpperCase() }) }],
    ];
    for (const [code, how] of bad) {
      const id = await world.plant(good, how);
      await expect(verify(id)).rejects.toMatchObject({ code, details: { anchor: id } });
    }
    expect(await world.plant(good)).toMatch(/^[\w-]{43}$/);
  });
});
