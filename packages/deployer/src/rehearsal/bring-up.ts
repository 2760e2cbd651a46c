import type { AoNetwork, Clock, ProcessId, Slot } from '@beamline/core';
import type { SnapshotStore, WorldImage } from '@beamline/persistence';
import { migrated } from '../perform/transfer-state.ts';
import type { Change } from '../plan.ts';
import { createPair, type Pair } from './both-releases.ts';
import type { Costs } from './costs.ts';
import { notingErrors } from './noted-errors.ts';
import type { Past } from './past.ts';
import type { RehearsalBundles } from './release-code.ts';
import { openSide, type SideOptions } from './side.ts';
import type { Tally } from './tally.ts';

export interface InstanceRehearsal {
  network: Pick<AoNetwork, 'schedule'>;
  store: SnapshotStore;
  clock: Clock;
  bundles: RehearsalBundles;
  change: Change & { blue: ProcessId };
  /** Release whose code blue runs. */
  runs: string;
  messages: number;
  /** Seed. */
  chaos?: number | undefined;
}

/** For one message: a busy machine must not be taken for a release that loops. */
const LONGEST_MS = 20_000;

/** How a release's process is brought up with a world. */
export function sideOf({ change: { role } }: Pick<InstanceRehearsal, 'change'>, { genesis, history }: Past, code: string, release: string): Omit<SideOptions, 'image' | 'at'> {
  return { code, chunkName: `${role}.lua`, genesis, release, acceptFrom: history.acceptFrom, timeLimitMs: LONGEST_MS };
}

/** Both releases with the same world, the new one's migrated. */
export async function bringUp(
  options: InstanceRehearsal, past: Past, image: WorldImage, tally: Tally, costs: Costs, signal?: AbortSignal,
): Promise<Pair> {
  const { network, bundles, change, runs } = options;
  const { role, release, blue, migrations } = change;
  const [before, after] = await Promise.all([bundles.lua(runs, role), bundles.lua(release, role)]);
  const begun = { slot: past.from, timestamp: await timeOf(network, blue, past.from, signal) };
  const noting = (code: string, name: string) => ({ ...sideOf(options, past, notingErrors(code), name), metered: true });
  const reopen = (world: WorldImage, at: number) => openSide({ ...noting(after, release), image: world, at }, signal);
  const toNew = (world: WorldImage) => migrated(change, world);
  const moved = toNew(image);
  const sides = [openSide({ ...noting(before, runs), image, at: begun.timestamp }, signal), reopen(moved, begun.timestamp)] as const;
  try {
    const [old, fresh] = await Promise.all(sides);
    return createPair({ old, fresh, migrated: toNew, sameLayout: migrations.length === 0, reopen, tally, costs }, begun);
  } catch (error) {
    for (const side of await Promise.allSettled(sides)) if (side.status === 'fulfilled') await side.value.close();
    throw error;
  }
}

export async function timeOf(network: Pick<AoNetwork, 'schedule'>, process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<number> {
  for await (const { timestamp } of network.schedule(process, { from: slot, to: slot }, signal)) return timestamp;
  return 0;
}

