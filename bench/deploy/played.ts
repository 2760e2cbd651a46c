import { systemClock as clock } from '@beamline/core';
import type { DeploymentReport } from '@beamline/deployer';
import type { Audit } from '../../apps/arena/src/index.ts';
import { median, p99 } from '../persistence/measure.ts';
import { countReordered } from './order.ts';
import { openPlay } from './play.ts';
import { startReader } from './reader.ts';
import { reworded, withScenery, type Game } from './releases.ts';
import { openStage } from './stage.ts';

const ENTITIES = 10_000;
/** Play between two deployments. */
const BETWEEN_MS = 300;
const STRATEGIES = ['blue-green', 'in-place', 'rolling', 'canary'] as const;

/** One deployment: to where, by which strategy. */
interface Done {
  to: 'next' | 'old' | 'reworded';
  report: DeploymentReport;
}

/**
 * Deployments one after the other while players play and somebody reads: by every strategy up with the migration of the
 * world, on to other code of the same layout, and back with what players did. In the end every player's books are held
 * against the processes that serve then, and the logs of all that ever served tell in which order messages were applied.
 */
export async function measureDeployments({ v1, v2 }: { v1: Game; v2: Game }, deployments: number, players: number): Promise<Record<string, number>> {
  const stage = await openStage();
  const games = { old: withScenery(v1, ENTITIES), next: reworded(withScenery(v2, ENTITIES), 'next'), reworded: reworded(withScenery(v2, ENTITIES), 'reworded') };
  const all = Object.values(games);
  try {
    await stage.run(await stage.plan(games.old), all);
    const lineages = new Map(Object.values((await stage.state()).instances).map(({ alias, process }) => [alias, [process]]));
    const play = await openPlay(stage, players);
    const reader = startReader(stage.network, [...lineages.keys()], clock);
    const done: Done[] = [];
    const [began, before] = [clock.now(), play.answered()];
    for (let n = 0; n < deployments; n += 1) {
      await clock.sleep(BETWEEN_MS);
      const to = (['next', 'reworded', 'old'] as const)[n % 3]!;
      const strategy = STRATEGIES[Math.floor(n / 3) % STRATEGIES.length]!;
      const plan = to === 'old' ? await stage.planBack([games.reworded, games.next, games.old], strategy) : await stage.plan(games[to], strategy);
      done.push({ to, report: await stage.run(plan, all) });
      for (const { alias, process } of Object.values((await stage.state()).instances)) {
        const lineage = lineages.get(alias)!;
        if (lineage.at(-1) !== process) lineage.push(process);
      }
    }
    const messagesPerSecond = ((play.answered() - before) * 1_000) / (clock.now() - began);
    const audit = await play.audit();
    await reader.stop();
    const reordered = await Promise.all([...lineages.values()].map((lineage) => countReordered(stage.network, lineage)));
    return {
      ...figuresOf(done), ...booksOf(audit), reordered: reordered.reduce((sum, count) => sum + count, 0),
      readFailures: reader.failures, reads: reader.reads, messagesPerSecond,
    };
  } finally {
    await stage.close();
  }
}

function booksOf({ delivered, lost, duplicated, differences }: Audit): Record<string, number> {
  for (const difference of differences) process.stderr.write(`${difference}\n`);
  return { messages: delivered, lost, duplicated };
}

/** The pause of a deployment is that of the instance that paused longest. */
function figuresOf(done: readonly Done[]): Record<string, number> {
  const by = (strategy: string) => done.filter(({ report }) => report.strategy === strategy);
  const longest = (of: 'writePauseMs' | 'heldMessages') => ({ report }: Done) => Math.max(...Object.values(report.instances).map((each) => each[of]));
  const took = ({ report }: Done) => report.endedAt - report.startedAt;
  const pauses = by('blue-green').map(longest('writePauseMs'));
  const codeAlone = by('in-place').filter(({ to }) => to === 'reworded');
  const migrated = by('in-place').filter(({ to }) => to !== 'reworded');
  return {
    deployments: done.length,
    pauseP50Ms: median(pauses), pauseP99Ms: p99(pauses), pauseMaxMs: Math.max(...pauses),
    inPlaceHeldMessages: Math.max(...codeAlone.map(longest('heldMessages'))),
    inPlaceMigratedHeldMessages: Math.max(...migrated.map(longest('heldMessages'))),
    inPlaceMigratedPauseP50Ms: median(migrated.map(longest('writePauseMs'))),
    deploy4Ms: median(by('blue-green').map(took)),
    rollbackMs: median(done.filter(({ to }) => to === 'old').map(took)),
  };
}
