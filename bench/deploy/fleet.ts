import { systemClock as clock } from '@beamline/core';
import { openPlay } from './play.ts';
import { onProcesses, reworded, withScenery, type Game } from './releases.ts';
import { openStage } from './stage.ts';

const SCENERY = 1_000;

/** How long a blue-green deployment of so many processes takes while players play, and what it cost them. */
export async function measureFleet({ v1 }: { v1: Game }, processes: number, players: number): Promise<{ ms: number; pauseMs: number; lost: number; duplicated: number }> {
  const stage = await openStage();
  const game = onProcesses(withScenery(v1, SCENERY), processes);
  const games = [game, reworded(game, 'other')];
  try {
    await stage.run(await stage.plan(game), games);
    const play = await openPlay(stage, players);
    const began = clock.now();
    const { instances } = await stage.run(await stage.plan(games[1]!), games);
    const ms = clock.now() - began;
    const { lost, duplicated } = await play.audit();
    return { ms, lost, duplicated, pauseMs: Math.max(...Object.values(instances).map(({ writePauseMs }) => writePauseMs)) };
  } finally {
    await stage.close();
  }
}
