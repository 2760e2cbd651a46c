import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { ColumnWorld, Snapshotter } from '@beamline/persistence';
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

/** How long each tick took, and how late it began. Without `everyMs` one follows the other, with a turn of the event loop between. */
async function ticks(world: ColumnWorld, count: number, everyMs = 0): Promise<{ took: number[]; late: number[] }> {
  const took: number[] = [];
  const late: number[] = [];
  let due = performance.now();
  for (let n = 0; n < count; n += 1) {
    const waiting = due - performance.now();
    if (waiting > 1) await setTimeout(waiting - 1);
    do await setImmediate(); while (performance.now() < due);
    const start = performance.now();
    tick(world, true);
    took.push(performance.now() - start);
    late.push(Math.max(0, start - due));
    due = everyMs === 0 ? performance.now() : Math.max(due + everyMs, start);
  }
  return { took, late };
}

interface Cadence {
  /** Ticks of each turn, alone and then with snapshots, and how many turns. */
  count: number;
  turns: number;
  tickEveryMs: number;
  /** From the start of one snapshot to that of the next; 0: one follows the other. */
  snapshotEveryMs: number;
}

/** Ticks with and without snapshots under way, in turns so that both meet the same machine. */
async function withAndWithout(world: ColumnWorld, snapshotter: Snapshotter, { count, turns, tickEveryMs, snapshotEveryMs }: Cadence) {
  const alone = { took: [] as number[], late: [] as number[] };
  const meanwhile = { took: [] as number[], late: [] as number[] };
  let snapshots = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    const before = await ticks(world, count, tickEveryMs);
    let going = true;
    const taking = (async () => {
      while (going) {
        const next = performance.now() + snapshotEveryMs;
        await snapshotter.snapshot();
        snapshots += 1;
        while (going && performance.now() < next) await setTimeout(Math.min(20, next - performance.now()));
      }
    })();
    const after = await ticks(world, count, tickEveryMs);
    going = false;
    await taking;
    for (const which of ['took', 'late'] as const) {
      alone[which].push(...before[which]);
      meanwhile[which].push(...after[which]);
    }
  }
  return { alone, meanwhile, snapshots };
}

/**
 * A world of 200,000 entities that all change in every tick. As a studio would run it, only more often snapshotted: 60
 * ticks a second, a snapshot every second. Then as fast as it goes, both ticks and snapshots. And what tracking costs a tick.
 */
export async function measureTicking(folder: string, quick: boolean): Promise<Record<string, number>> {
  const world = crowdedWorld(quick ? 50_000 : 200_000);
  const snapshotter = snapshotterOf(world, join(folder, 'ticking'));
  await ticks(world, 300);
  for (let n = 0; n < 3; n += 1) await snapshotter.snapshot();
  const paced = await withAndWithout(world, snapshotter, { count: quick ? 60 : 240, turns: quick ? 1 : 3, tickEveryMs: 1000 / 60, snapshotEveryMs: 1000 });
  const busy = await withAndWithout(world, snapshotter, { count: quick ? 200 : 400, turns: quick ? 4 : 8, tickEveryMs: 0, snapshotEveryMs: 0 });
  return {
    tickP99Ms: p99(paced.alone.took),
    tickP99WhileSnapshotting: p99(paced.meanwhile.took) / p99(paced.alone.took),
    tickMedianWhileSnapshotting: median(paced.meanwhile.took) / median(paced.alone.took),
    tickLateP99Ms: p99(paced.alone.late),
    tickLateP99WhileSnapshottingMs: p99(paced.meanwhile.late),
    snapshotsWhileTicking: paced.snapshots,
    busyTickP99Ms: p99(busy.alone.took),
    busyTickP99WhileSnapshotting: p99(busy.meanwhile.took) / p99(busy.alone.took),
    busyTickMedianWhileSnapshotting: median(busy.meanwhile.took) / median(busy.alone.took),
    snapshotsWhileBusy: busy.snapshots,
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
