import { measureDeployments } from './deploy/played.ts';
import { measureFleet } from './deploy/fleet.ts';
import { measureGrowth } from './deploy/growth.ts';
import { buildArena } from './deploy/releases.ts';
import { rehearseArena } from './rehearsal-of-arena.ts';
import { rounded } from './rounded.ts';

const PLAYERS = 200;

/** Deployments of arena on the local network, in a process of its own, while players play, and a rehearsal of one. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const arena = await buildArena();
  const played = await measureDeployments(arena, quick ? 6 : 100, quick ? 40 : PLAYERS);
  const growth = await measureGrowth(arena, quick ? [1_000, 10_000] : [1_000, 10_000, 100_000]);
  const fleet = await measureFleet(arena, quick ? 8 : 64, quick ? 40 : PLAYERS);
  const rehearsed = await rehearseArena({ messages: quick ? 5_000 : 20_000 });
  return rounded({
    rehearsalPerSecond: rehearsed.perSecond,
    ...played, ...growth, [quick ? 'deploy8Ms' : 'deploy64Ms']: fleet.ms, fleetPauseMs: fleet.pauseMs,
    lost: played['lost']! + fleet.lost, duplicated: played['duplicated']! + fleet.duplicated,
  });
}
