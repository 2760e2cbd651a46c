import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ColumnWorld } from '@beamline/persistence';
import { crowdedWorld } from './crowded-world.ts';
import { median, p99 } from './measure.ts';
import { snapshotterOf } from './snapshots.ts';

const MAP = 200_000;

/** One slot of a game: everybody moves, some fight. `tracked` notes the pages written, as a world does that is snapshotted. */
function tick(world: ColumnWorld, tracked: boolean): void {
  world.slot += 1;
  const [position, health] = world.tables;
  const x = position!.data[1] as Int32Array;
  const y = position!.data[2] as Int32Array;
  const { slot } = world;
  for (let from = 0; from < position!.rows; from += 1024) {
    const to = Math.min(from + 1024, position!.rows);
    for (let row = from; row < to; row += 1) {
      x[row] = (x[row]! + 3 + (row & 7)) % MAP;
      y[row] = (y[row]! + 1 + (row & 3)) % MAP;
    }
    if (tracked) position!.stamps[from >>> 10] = slot;
  }
  const hp = health!.data[1] as Uint16Array;
  for (let row = slot % 97; row < health!.rows; row += 97) {
    hp[row] = (hp[row]! + 1) % 500;
    if (tracked) health!.stamps[row >>> 10] = slot;
  }
}

async function ticks(world: ColumnWorld, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const start = performance.now();
    tick(world, true);
    times.push(performance.now() - start);
    await setImmediate();
  }
  return times;
}

/** Ticks with and without snapshots under way, in turns so that both meet the same machine; and what tracking costs a tick. */
export async function measureTicking(folder: string, quick: boolean): Promise<Record<string, number>> {
  const world = crowdedWorld(quick ? 50_000 : 200_000);
  const snapshotter = snapshotterOf(world, join(folder, 'ticking'));
  const [rounds, count] = quick ? [4, 200] : [8, 400];
  await ticks(world, 300);
  await snapshotter.snapshot();
  const alone: number[] = [];
  const meanwhile: number[] = [];
  let snapshots = 0;
  for (let round = 0; round < rounds; round += 1) {
    alone.push(...await ticks(world, count));
    let going = true;
    const taking = (async () => {
      while (going) {
        await snapshotter.snapshot();
        snapshots += 1;
      }
    })();
    meanwhile.push(...await ticks(world, count));
    going = false;
    await taking;
  }
  return {
    tickP99Ms: p99(alone),
    tickP99WhileSnapshotting: p99(meanwhile) / p99(alone),
    tickMedianWhileSnapshotting: median(meanwhile) / median(alone),
    snapshotsWhileTicking: snapshots,
    trackingOverheadPercent: tracking(world, quick ? 400 : 1_000),
  };
}

function tracking(world: ColumnWorld, repeats: number): number {
  const times: Record<'with' | 'without', number[]> = { with: [], without: [] };
  for (let n = 0; n < repeats; n += 1) {
    for (const which of n % 2 === 0 ? ['with', 'without'] as const : ['without', 'with'] as const) {
      const start = performance.now();
      tick(world, which === 'with');
      times[which].push(performance.now() - start);
    }
  }
  // The quickest half: whatever else the machine does is not tracking.
  const quick = (list: number[]) => median([...list].sort((a, b) => a - b).slice(0, list.length >> 1));
  return Math.max(0, (quick(times.with) / quick(times.without) - 1) * 100);
}
