import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureArena } from './persistence/arena.ts';
import { measureGrowth } from './persistence/growth.ts';
import { rounded } from './persistence/measure.ts';
import { measureColdStart, measureProcessRecovery } from './persistence/recovery.ts';
import { measureSnapshots } from './persistence/snapshots.ts';
import { measureTicking } from './persistence/ticking.ts';

/** Snapshots, recovery and their cost to a running world, on a real disk, against what games use instead. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'beamline-bench-'));
  try {
    return rounded({
      ...await measureSnapshots(folder, quick),
      ...await measureTicking(folder, quick),
      ...measureGrowth(folder, quick),
      ...await measureArena(folder, quick),
      ...await measureColdStart(folder, quick),
      ...await measureProcessRecovery(folder, quick),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
