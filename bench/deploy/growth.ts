import { ethereumSigner } from '@beamline/ao';
import { systemClock as clock, type AoNetwork } from '@beamline/core';
import { median } from '../persistence/measure.ts';
import { reworded, withScenery, worldOf, type Game } from './releases.ts';
import { openStage } from './stage.ts';

const WALKERS = 8;
const DEPLOYMENTS = 5;
/** Of each walker, between two of its messages. */
const PACE_MS = 150;

/**
 * Blue-green deployments of the world alone while the same few players walk about in worlds of more and more entities:
 * the median pause of each size, and the slope of pause over size, both as logarithms. 0 is flat.
 */
export async function measureGrowth({ v1 }: { v1: Game }, sizes: readonly number[]): Promise<Record<string, number>> {
  const pauses: number[] = [];
  for (const size of sizes) pauses.push(await pauseAt(worldOf(withScenery(v1, size)), sizes.length > 2 ? DEPLOYMENTS : 3));
  const points = sizes.map((size, n) => [Math.log(size), Math.log(Math.max(1, pauses[n]!))] as const);
  const [meanX, meanY] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis]!, 0) / points.length) as [number, number];
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return { pauseGrowthExponent: slope, ...Object.fromEntries(sizes.map((size, n) => [`pauseMsOf1e${Math.log10(size)}`, pauses[n]!])) };
}

async function pauseAt(game: Game, deployments: number): Promise<number> {
  const stage = await openStage();
  const games = [game, reworded(game, 'other')];
  try {
    await stage.run(await stage.plan(game), games);
    const walking = startWalkers(stage.network, Object.values((await stage.state()).instances)[0]!.alias);
    const pauses: number[] = [];
    for (let n = 1; n <= deployments; n += 1) {
      const { instances } = await stage.run(await stage.plan(games[n % 2]!), games);
      pauses.push(Object.values(instances)[0]!.writePauseMs);
    }
    await walking.stop();
    return median(pauses);
  } finally {
    await stage.close();
  }
}

/** Players who join and walk, each waiting for its answer. */
function startWalkers(network: AoNetwork, alias: string): { stop(): Promise<void> } {
  let going = true;
  const walk = async (n: number): Promise<void> => {
    const signer = ethereumSigner((n + 1).toString(16).padStart(64, '0'));
    for (let seq = 1; going; seq += 1) {
      const tags = Object.entries({ Action: seq === 1 ? 'Join' : 'Move', name: `Walker ${n}`, x: `${(seq * 37) % 1000}`, y: `${(seq * 91) % 1000}`, seq: `${seq}` });
      const target = (await network.resolve(alias))!;
      await network.send(await network.signMessage(signer, { target, tags: tags.map(([name, value]) => ({ name, value })), data: '' }));
      await clock.sleep(PACE_MS);
    }
  };
  const all = Promise.all(Array.from({ length: WALKERS }, (_, n) => walk(n)));
  return { async stop() { going = false; await all; } };
}
