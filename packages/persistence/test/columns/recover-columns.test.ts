import { describe, expect, it } from '@jest/globals';
import { worldDigest } from '@beamline/ecs';
import { createSnapshotter, ecsSource, readColumns, recoverColumns, type SnapshotStore } from '../../src/index.ts';
import { createFsStore, openLog, readLog, type Log } from '../../src/fs.ts';
import { createMemoryDisk, type Fate, type MemoryDisk, type MemoryDiskOptions } from '../../src/testing.ts';
import { applyMessage, digestAt, freshWorld, payloadOf, startWorld } from '../logged-game.ts';

const PROCESS = 'w'.repeat(43);

const storeOn = (disk: MemoryDisk): SnapshotStore => createFsStore({ root: '/game/snapshots', disk });
const recover = (disk: MemoryDisk) => recoverColumns({
  store: storeOn(disk), process: PROCESS, records: (from) => readLog({ folder: '/game/log', disk, from }), start: startWorld, apply: applyMessage,
});

interface Progress { acknowledged: number; issued: number }

/** Plays 30 messages, or so many, with a snapshot and a truncated log after each tenth. */
async function play(disk: MemoryDisk, progress: Progress, messages = 30): Promise<void> {
  const log: Log = await openLog({ folder: '/game/log', disk, segmentBytes: 200 });
  const world = freshWorld();
  const snapshotter = createSnapshotter({ source: ecsSource(world, 'layout'), store: storeOn(disk), game: 'g', role: 'world', process: PROCESS });
  while (log.next() <= messages) {
    const payload = payloadOf(log.next());
    progress.issued = log.next();
    const sequence = await log.append(payload);
    progress.acknowledged = sequence;
    applyMessage(world, { sequence, payload });
    if (sequence % 10 !== 0) continue;
    const { slot } = await snapshotter.snapshot();
    await log.truncate(slot + 1);
  }
  await log.close();
}

async function played(options: MemoryDiskOptions) {
  const disk = createMemoryDisk(options);
  const progress = { acknowledged: 0, issued: 0 };
  const outcome = await play(disk, progress).then(() => 'done', (error: { code: string }) => error.code);
  return { disk, progress, outcome };
}

describe('a world in JavaScript, recovered', () => {
  it('is its newest snapshot and the log after it', async () => {
    const { disk, outcome } = await played({});
    expect(outcome).toBe('done');
    const { world, slot, ref, replayed, skipped } = await recover(disk);
    expect([slot, ref!.slot, replayed, skipped, worldDigest(world)]).toEqual([30, 30, 0, [], digestAt(30)]);
  });

  it.each<Fate>(['lost', 'kept'])('is exact after a power cut at any operation of log and store, with what was not synced %s', async (fate) => {
    for (let failAt = 1; failAt < 2_000; failAt += 1) {
      const { disk, progress, outcome } = await played({ failAt });
      const { world, slot } = await recover(disk.powerCut(fate));
      expect(slot).toBeGreaterThanOrEqual(progress.acknowledged);
      expect(slot).toBeLessThanOrEqual(progress.issued);
      expect(worldDigest(world)).toBe(digestAt(slot));
      if (outcome === 'done') break;
    }
  });

  it('is exact after the disk was full at any write', async () => {
    for (let failAt = 1; failAt < 2_000; failAt += 1) {
      const { disk, progress, outcome } = await played({ failAt, failure: 'full' });
      const { world, slot } = await recover(disk.powerCut('kept'));
      expect(slot).toBeGreaterThanOrEqual(progress.acknowledged);
      expect(worldDigest(world)).toBe(digestAt(slot));
      if (outcome === 'done') break;
    }
  });

  it('is exact or refused when the disk never synced and the power is cut', async () => {
    const outcomes = new Set<string>();
    for (let failAt = 1; failAt < 2_000; failAt += 3) {
      const { disk, outcome } = await played({ failAt, lies: true });
      for (const fate of ['lost', { bytes: disk.unsyncedBytes() >> 1 }] as Fate[]) {
        const found = await recover(disk.powerCut(fate)).catch((error: { code: string }) => error.code);
        if (typeof found === 'string') {
          expect(found).toMatch(/^persistence\/(log-damaged|log-gap|hash-mismatch|missing)$/);
          outcomes.add('refused');
        } else {
          expect(worldDigest(found.world)).toBe(digestAt(found.slot));
          outcomes.add('exact');
        }
      }
      if (outcome === 'done') break;
    }
    expect(outcomes).toEqual(new Set(['exact', 'refused']));
  });

  it('is exact or refused by name, whatever byte of manifest, pack or log is flipped', async () => {
    const disk = createMemoryDisk();
    await play(disk, { acknowledged: 0, issued: 0 }, 12);
    const digest = digestAt(12);
    const outcomes = new Set<string>();
    for (const file of disk.files.values()) {
      const whole = file.bytes;
      for (let at = 0; at < whole.length; at += 1) {
        file.bytes = Uint8Array.from(whole);
        file.bytes[at]! ^= 1 << at % 8;
        const found = await recover(disk).catch((error: { code: string }) => error.code);
        outcomes.add(typeof found === 'string' ? found : worldDigest(found.world) === digest ? 'exact' : 'wrong');
      }
      file.bytes = whole;
    }
    // The only snapshot being damaged, the log behind it is too short; a byte nobody reads again changes nothing.
    expect(outcomes).toEqual(new Set(['exact', 'persistence/log-gap', 'persistence/log-damaged']));
  });

  it('needs no snapshot while the log has everything, and passes over a damaged one then', async () => {
    const disk = createMemoryDisk();
    const log = await openLog({ folder: '/game/log', disk });
    const world = freshWorld();
    for (let n = 1; n <= 12; n += 1) applyMessage(world, { sequence: await log.append(Uint8Array.of(n)), payload: Uint8Array.of(n) });
    expect((await recover(disk)).slot).toBe(12);
    const { ref } = await createSnapshotter({ source: ecsSource(world, 'layout'), store: storeOn(disk), game: 'g', role: 'world', process: PROCESS }).snapshot();
    const [, pack] = [...disk.files].find(([path]) => path.endsWith('.pack'))!;
    pack.bytes.fill(0, pack.bytes.length - 40);
    const found = await recover(disk);
    expect([found.slot, found.ref, worldDigest(found.world)]).toEqual([12, undefined, digestAt(12)]);
    expect(found.skipped).toMatchObject([{ ref, code: 'persistence/hash-mismatch' }]);
  });
});

it('two snapshotters of one world on one folder leave whole snapshots, whoever is first', async () => {
  const disk = createMemoryDisk();
  const world = freshWorld();
  for (let n = 1; n <= 20; n += 1) applyMessage(world, { sequence: n, payload: Uint8Array.of(n) });
  const takers = [1, 2].map(() => createSnapshotter({ source: ecsSource(world, 'layout'), store: storeOn(disk), game: 'g', role: 'world', process: PROCESS }));
  for (let round = 0; round < 3; round += 1) {
    for (const { ref } of await Promise.all(takers.map((taker) => taker.snapshot()))) {
      expect(worldDigest(startWorld(await readColumns(storeOn(disk), ref)))).toBe(worldDigest(world));
    }
    applyMessage(world, { sequence: world.slot + 1, payload: Uint8Array.of(round) });
  }
});
