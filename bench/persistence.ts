import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rounded } from './persistence/measure.ts';
import { measureSnapshots } from './persistence/snapshots.ts';

/** Snapshots, recovery and their cost to a running world, on a real disk, against what games use instead. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'beamline-bench-'));
  try {
    return rounded({
      ...await measureSnapshots(folder, quick),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
