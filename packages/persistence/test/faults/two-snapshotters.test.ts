import { describe, expect, it } from '@jest/globals';
import { worldDigest } from '@beamline/ecs';
import {
  createBucketStore, createMemoryBucket, createSnapshotter, ecsSource, formatRef, readColumns, type Bucket, type MemoryBucket, type SnapshotRef,
} from '../../src/index.ts';
import { needs } from '../../src/backup/prune.ts';
import { applyMessage, digestAt, payloadOf, startWorld, worldAfter } from '../logged-game.ts';
import { everySchedule } from './every-schedule.ts';
import type { Actor } from './program.ts';

const [P, Q] = ['p'.repeat(43), 'q'.repeat(43)];
const breathe = async () => undefined;
const snapshotterOf = (bucket: Bucket, process: string, slot: number, parent?: SnapshotRef) => {
  const world = worldAfter(slot);
  const source = ecsSource(world, 'l');
  return { world, ...createSnapshotter({ source, store: createBucketStore(bucket), game: 'g', role: 'r', process, breathe, ...(parent && { parent }) }) };
};

/** Takes a snapshot of its world at each of these slots, and notes what is acknowledged. */
const taker = (process: string, slots: readonly number[], acknowledged: SnapshotRef[], parent?: SnapshotRef): Actor => async (bucket) => {
  const { world, snapshot } = snapshotterOf(bucket, process, slots[0]!, parent);
  for (const slot of slots) {
    while (world.slot < slot) applyMessage(world, { sequence: world.slot + 1, payload: payloadOf(world.slot + 1) });
    acknowledged.push((await snapshot()).ref);
  }
};

const collect = (bucket: Bucket, now: number, graceMs?: number) => {
  const store = createBucketStore(bucket);
  return store.collect!({ contentsOf: (ref) => needs(store, ref), now, ...(graceMs !== undefined && { graceMs }) });
};
const collector: Actor = (bucket) => collect(bucket, 1, 0);

/** What is listed is whole and exact, and what was acknowledged is listed. */
async function expectExact(bucket: Bucket, acknowledged: readonly SnapshotRef[]): Promise<void> {
  const store = createBucketStore(bucket);
  const listed: string[] = [];
  for await (const ref of store.list()) {
    listed.push(formatRef(ref));
    expect(worldDigest(startWorld(await readColumns(store, ref)))).toBe(digestAt(ref.slot));
  }
  for (const ref of acknowledged) expect(listed).toContain(formatRef(ref));
}

/** A store that was in use: a snapshot to go on from, and pages of one that was deleted. */
async function usedStore(): Promise<{ used: MemoryBucket; parent: SnapshotRef }> {
  const used = createMemoryBucket();
  const { ref: parent } = await snapshotterOf(used, P, 4).snapshot();
  const { ref: gone } = await snapshotterOf(used, Q, 5).snapshot();
  await createBucketStore(used).delete([gone]);
  return { used, parent };
}

interface Meeting {
  actors(acknowledged: SnapshotRef[], parent: SnapshotRef): readonly Actor[];
  killed?: number;
  /** What an actor may say instead of doing it. */
  refusal?: string;
}

/** Plays it in every order; afterwards a collection and a snapshot find nothing in their way. Resolves to how many orders there are. */
async function meet({ actors, killed, refusal }: Meeting): Promise<number> {
  const { used, parent } = await usedStore();
  return everySchedule(() => {
    const bucket = createMemoryBucket(new Map(used.objects));
    const acknowledged: SnapshotRef[] = [];
    return {
      bucket, actors: actors(acknowledged, parent), ...(killed && { killed: [killed] }),
      async check(outcomes) {
        for (const outcome of outcomes) if (outcome?.status === 'rejected') expect((outcome.reason as { code?: string }).code).toBe(refusal);
        await collector(bucket);
        acknowledged.push((await snapshotterOf(bucket, P, 9, parent).snapshot()).ref);
        await expectExact(bucket, acknowledged);
      },
    };
  });
}

describe('two snapshotters on one store, in every order of their operations', () => {
  it('take the same snapshot of one world', async () => {
    expect(await meet({ actors: (acknowledged, parent) => [taker(P, [6], acknowledged, parent), taker(P, [6], acknowledged, parent)] })).toBeGreaterThan(20);
  });

  it('take snapshots of worlds that share pages, one after the other', async () => {
    expect(await meet({ actors: (acknowledged, parent) => [taker(P, [6, 7], acknowledged, parent), taker(Q, [7, 8], acknowledged)] })).toBeGreaterThan(50);
  });

  it('of which one is killed anywhere leave the other what it needs', async () => {
    let finished = false;
    for (let killed = 1; !finished; killed += 1) {
      await meet({
        killed,
        actors: (acknowledged, parent) => [
          (bucket) => taker(P, [6], acknowledged, parent)(bucket).then(() => { finished = true; }),
          taker(Q, [7], acknowledged),
        ],
      });
      expect(killed).toBeLessThan(50);
    }
  });

  it('of which one finds its pages in the way of a collector get a whole snapshot, or are told to put them again', async () => {
    expect(await meet({ refusal: 'persistence/incomplete', actors: (acknowledged) => [taker(Q, [5], acknowledged), collector] })).toBeGreaterThan(30);
  });

  it('of which one is given up by a collector whose clock jumped ahead notices, and does not promise what is gone', async () => {
    const jumping: Actor = async (bucket) => {
      await collect(bucket, 1);
      await collect(bucket, 1e12);
    };
    expect(await meet({ refusal: 'persistence/incomplete', actors: (acknowledged) => [taker(Q, [5], acknowledged), jumping] })).toBeGreaterThan(80);
  });
});
