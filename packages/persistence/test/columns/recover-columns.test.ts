import { describe, expect, it } from '@jest/globals';
import { add, addEntity, begin, commit, component, createWorld, i32, randomInt, set, worldDigest, type World } from '@beamline/ecs';
import { createSnapshotter, ecsSource, loadEcsWorld, readColumns, recoverColumns, type LogRecord, type SnapshotStore } from '../../src/index.ts';
import { createFsStore, openLog, readLog, type Log } from '../../src/fs.ts';
import { createMemoryDisk, type Fate, type MemoryDisk, type MemoryDiskOptions } from '../../src/testing.ts';

const Position = component('Position', { x: i32, y: i32 });
const PROCESS = 'w'.repeat(43);

/** A game: every message moves somebody at random and sometimes brings somebody new. */
function apply(world: World, { sequence, payload }: LogRecord): void {
  world.slot = sequence;
  begin(world);
  const rows = world.byName['Position']!;
  if (rows.count === 0 || randomInt(world, 4) === 0) add(world, addEntity(world), Position);
  const who = rows.data[0]![randomInt(world, rows.count)] as number;
  set(world, who, Position, 'x', payload[0]! * 1000 + sequence);
  commit(world);
}
const fresh = () => createWorld([Position], { seed: 5 });
const start = (columns: Parameters<typeof loadEcsWorld>[1] | undefined): World => {
  const world = fresh();
  if (columns !== undefined) loadEcsWorld(world, columns);
  return world;
};
/** What the game is after so many messages. */
function digestAt(slot: number): string {
  const world = fresh();
  for (let sequence = 1; sequence <= slot; sequence += 1) apply(world, { sequence, payload: Uint8Array.of(sequence & 0xff) });
  return worldDigest(world);
}

const storeOn = (disk: MemoryDisk): SnapshotStore => createFsStore({ root: '/game/snapshots', disk });
const recover = (disk: MemoryDisk) => recoverColumns({
  store: storeOn(disk), process: PROCESS, records: (from) => readLog({ folder: '/game/log', disk, from }), start, apply,
});

interface Progress { acknowledged: number; issued: number }

/** Plays 30 messages, or so many, with a snapshot and a truncated log after each tenth. */
async function play(disk: MemoryDisk, progress: Progress, messages = 30): Promise<void> {
  const log: Log = await openLog({ folder: '/game/log', disk, segmentBytes: 200 });
  const world = fresh();
  const snapshotter = createSnapshotter({ source: ecsSource(world, 'layout'), store: storeOn(disk), game: 'g', role: 'world', process: PROCESS });
  while (log.next() <= messages) {
    const payload = Uint8Array.of(log.next() & 0xff);
    progress.issued = log.next();
    const sequence = await log.append(payload);
    progress.acknowledged = sequence;
    apply(world, { sequence, payload });
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
    const world = fresh();
    for (let n = 1; n <= 12; n += 1) apply(world, { sequence: await log.append(Uint8Array.of(n)), payload: Uint8Array.of(n) });
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
  const world = fresh();
  for (let n = 1; n <= 20; n += 1) apply(world, { sequence: n, payload: Uint8Array.of(n) });
  const takers = [1, 2].map(() => createSnapshotter({ source: ecsSource(world, 'layout'), store: storeOn(disk), game: 'g', role: 'world', process: PROCESS }));
  for (let round = 0; round < 3; round += 1) {
    for (const { ref } of await Promise.all(takers.map((taker) => taker.snapshot()))) {
      expect(worldDigest(start(await readColumns(storeOn(disk), ref)))).toBe(worldDigest(world));
    }
    apply(world, { sequence: world.slot + 1, payload: Uint8Array.of(round) });
  }
});
