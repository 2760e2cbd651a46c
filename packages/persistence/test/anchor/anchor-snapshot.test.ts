import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createFsLedger, nodeDisk } from '../../src/fs.ts';
import { anchorTags, createMemoryLedger, decodeAnchor, encodeAnchor, followAnchor, readAnchorChain, type Anchor, type Standing } from '../../src/index.ts';
import { failingDisk } from '../../src/testing/failing-disk.ts';
import { createAnchorWorld, NEXT_PROCESS, PROCESS } from './anchor-world.ts';

let world: ReturnType<typeof createAnchorWorld>;
beforeEach(() => { world = createAnchorWorld(); });
const chainOf = async (id: string) => (await readAnchorChain({ arweave: world.arweave, owners: world.owners }, id)).map((each) => each.anchor.slot);

describe('anchoring a snapshot', () => {
  it('signs what the snapshot is, once as data and once as tags', async () => {
    const ref = await world.snapshot(12);
    const { id, fresh } = await world.anchor(ref, { release: 'b81e', module: 'm'.repeat(43) });
    const item = (await world.arweave.item(id))!;
    const { anchor } = decodeAnchor(item);
    expect(fresh).toBe(true);
    expect(anchor).toMatchObject({ version: 1, game: 'arena', role: 'world', process: PROCESS, slot: 12, layout: 'layout-1', snapshot: ref.sha256, release: 'b81e' });
    expect(Object.fromEntries(item.tags.map(({ name, value }) => [name, value]))).toMatchObject({
      'Data-Protocol': 'ao', Type: 'Beamline-Anchor', Process: PROCESS, Nonce: '12', Root: anchor.root, Layout: 'layout-1', Release: 'b81e', 'Content-Type': 'application/json',
    });
    expect(item.tags.some(({ name }) => name === 'Previous')).toBe(false);
  });

  it('has one form for ever', () => {
    const anchor: Anchor = {
      version: 1, game: 'arena', role: 'world', process: PROCESS, slot: 12, layout: 'l', root: 'ab'.repeat(32), snapshot: 'cd'.repeat(32), timestamp: 5,
      module: 'm', release: 'r', previous: { id: 'i', process: PROCESS, slot: 3, layout: 'l', root: 'ef'.repeat(32) },
    };
    expect(new TextDecoder().decode(encodeAnchor(anchor))).toBe(
      `{"game":"arena","layout":"l","module":"m","previous":{"id":"i","layout":"l","process":"${PROCESS}","root":"${'ef'.repeat(32)}","slot":3},` +
      `"process":"${PROCESS}","release":"r","role":"world","root":"${'ab'.repeat(32)}","slot":12,"snapshot":"${'cd'.repeat(32)}","timestamp":5,"version":1}`);
    expect(anchorTags(anchor).map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Data-Protocol: ao', 'Type: Beamline-Anchor', 'Schema-Version: 1', 'Content-Type: application/json', `Process: ${PROCESS}`, 'Nonce: 12', 'Timestamp: 5',
      'Module: m', 'Release: r', 'SHA-256', `Root: ${'ab'.repeat(32)}`, 'Layout: l', 'Previous: i',
    ].map((line) => (line.startsWith('SHA-256') ? `SHA-256: ${createHash('sha256').update(encodeAnchor(anchor)).digest('hex')}` : line)));
  });

  it('follows the one before, also on a machine that has no ledger', async () => {
    const { ids } = await world.chain(3, 8);
    const elsewhere = await world.anchor(await world.snapshot(20), { ledger: createMemoryLedger() });
    expect(elsewhere.anchor.previous).toMatchObject({ id: ids[1], slot: 8 });
    expect(await chainOf(elsewhere.id)).toEqual([3, 8, 20]);
  });

  it('follows what was anchored elsewhere since its ledger was written', async () => {
    await world.chain(3);
    const elsewhere = createMemoryLedger();
    const eight = await world.snapshot(8);
    await world.anchor(eight, { ledger: elsewhere });
    const nine = await world.anchor(await world.snapshot(9), { ledger: elsewhere });
    expect(await world.anchor(await world.snapshot(9))).toMatchObject({ id: nine.id, fresh: false });
    const { id } = await world.anchor(await world.snapshot(20));
    expect(await chainOf(id)).toEqual([3, 8, 9, 20]);
    await expect(world.anchor(eight)).rejects.toMatchObject({ code: 'persistence/anchor-order' });
  });

  it('goes on with the process that took over', async () => {
    const { ids } = await world.chain(3, 8);
    const { id, anchor } = await world.anchor(await world.snapshot(2, { process: NEXT_PROCESS }));
    expect(anchor.previous).toMatchObject({ id: ids[1], process: PROCESS });
    expect(await chainOf(id)).toEqual([3, 8, 2]);
  });

  it('changes nothing when it is repeated, and refuses a snapshot that is not newer', async () => {
    const { ids, refs } = await world.chain(3, 8);
    expect(await world.anchor(refs[1]!)).toMatchObject({ id: ids[1], fresh: false });
    await expect(world.anchor(refs[0]!)).rejects.toMatchObject({ code: 'persistence/anchor-order', details: { anchor: ids[1] } });
    expect(new Set(world.arweave.uploads()).size).toBe(2);
  });

  it('sends nothing for a snapshot that is not there', async () => {
    const ref = await world.snapshot(5);
    await expect(world.anchor({ ...ref, sha256: 'ab'.repeat(32) })).rejects.toMatchObject({ code: 'persistence/missing' });
    expect(world.arweave.uploads()).toEqual([]);
  });

  it('follows an anchor by name only if an owner signed it', async () => {
    const { anchors } = await world.chain(3);
    const foreign = await world.plant({ ...anchors[0]!, slot: 4 }, { by: world.stranger });
    const ref = await world.snapshot(9);
    await expect(world.anchor(ref, { previous: foreign })).rejects.toMatchObject({ code: 'persistence/anchor-signer' });
    await expect(world.anchor(ref, { previous: 'x'.repeat(43) })).rejects.toMatchObject({ code: 'persistence/anchor-missing' });
  });
});

describe('an interrupted anchor', () => {
  it('is one and the same item whichever call fails', async () => {
    for (let failAt = 1; ; failAt += 1) {
      world = createAnchorWorld();
      const { ids } = await world.chain(3);
      const ref = await world.snapshot(8);
      world.arweave.failFrom(failAt);
      const outcome = await world.anchor(ref).then(() => 'done', (error: { code: string }) => error.code);
      world.arweave.failFrom(Infinity);
      const again = await world.anchor(ref);
      expect(await chainOf(again.id)).toEqual([3, 8]);
      expect(new Set(world.arweave.uploads())).toEqual(new Set([...ids, again.id]));
      if (outcome === 'done') break;
      expect(outcome).toBe('ao/unreachable');
    }
  });

  it('is finished before the next is made, and one that was dropped since is sent again', async () => {
    const { ids } = await world.chain(3, 8);
    world.arweave.lose(ids[0]!);
    world.arweave.lose(ids[1]!);
    const { id } = await world.anchor(await world.snapshot(20));
    expect(await chainOf(id)).toEqual([3, 8, 20]);
    expect(world.arweave.uploads()).toEqual([ids[0], ids[1], ids[0], ids[1], id]);
  });

  it('survives a power cut at any operation of the disk', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ledger-'));
    for (let failAt = 1; ; failAt += 1) {
      world = createAnchorWorld();
      const folder = join(root, String(failAt));
      const on = (disk = nodeDisk) => ({ ledger: createFsLedger({ root: folder, disk }) });
      const first = await world.snapshot(3);
      const second = await world.snapshot(8);
      const disk = failingDisk(nodeDisk, failAt);
      const outcome = await world.anchor(first, on(disk)).then(() => world.anchor(second, on(disk))).then(() => 'done', (error: { code: string }) => error.code);
      if (outcome !== 'done') expect(outcome).toMatch(/^persistence\/(write|read)-failed$/);
      const sent = new Set(world.arweave.uploads());
      // What went out is in the ledger, or on Arweave where a machine without a ledger looks.
      const { id } = await world.anchor(second, on());
      expect([[3, 8], [8]]).toContainEqual(await chainOf(id));
      for (const each of sent) expect(await chainOf(each)).not.toEqual([]);
      expect(new Set(world.arweave.uploads()).size).toBe((await chainOf(id)).length);
      if (outcome === 'done') break;
    }
    await rm(root, { recursive: true });
  });

  it('refuses a ledger it cannot read', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ledger-'));
    await writeFile(join(root, 'live%2Fworld-0.json'), '{"version":9}');
    await expect(world.anchor(await world.snapshot(3), { ledger: createFsLedger({ root }) })).rejects.toMatchObject({ code: 'persistence/ledger-damaged' });
    await rm(root, { recursive: true });
  });
});

describe('following an anchor', () => {
  const follow = (onStatus: (status: Standing) => void, withinMs = 600_000) =>
    followAnchor({ arweave: world.arweave, ledger: world.ledger, clock: world.clock, chain: 'live/world-0', everyMs: 1_000, withinMs, onStatus });

  it('waits until it is final, and remembers that', async () => {
    const { id } = await world.anchor(await world.snapshot(3));
    const seen: string[] = [];
    const followed = follow(({ state }) => {
      seen.push(state);
      world.arweave.mine(1);
      setImmediate(() => void world.clock.advance(1_000));
    });
    expect(await followed).toMatchObject({ id, status: { state: 'final', confirmations: 3 } });
    expect(seen).toEqual(['pending', 'confirmed', 'confirmed', 'final']);
    expect(await world.ledger.read('live/world-0')).toMatchObject({ final: true, unsettled: [] });
  });

  it('sends the same item again when it was dropped', async () => {
    const { id } = await world.anchor(await world.snapshot(3));
    world.arweave.lose(id);
    await follow(() => {
      world.arweave.mine(2);
      setImmediate(() => void world.clock.advance(1_000));
    });
    expect(world.arweave.uploads()).toEqual([id, id]);
  });

  it('gives up in time, and can be taken up again', async () => {
    await world.anchor(await world.snapshot(3));
    const tick = () => { setImmediate(() => void world.clock.advance(1_000)); };
    await expect(follow(tick, 3_000)).rejects.toMatchObject({ code: 'persistence/anchor-not-final', retryable: true, details: { state: 'pending' } });
    world.arweave.mine(3);
    expect(await follow(tick)).toMatchObject({ status: { state: 'final' } });
  });

  it('says when there is nothing to follow', async () => {
    await expect(follow(() => undefined)).rejects.toMatchObject({ code: 'persistence/anchor-missing' });
  });
});
