import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { median } from './measure.ts';

interface Grown {
  ms: number;
  worldBytes: number;
  peakBytes: number;
}

/**
 * From 10^4 to 10^7 entities: the slope of time over size, both as logarithms (below 1, because a snapshot of hardly
 * anything has files to sync, too); and the memory a snapshot peaks at, the world included.
 */
export function measureGrowth(folder: string, quick: boolean): Record<string, number> {
  const sizes = quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000, 10_000_000];
  const grown = sizes.map((entities) => {
    const runs = Array.from({ length: entities < 1_000_000 ? 5 : entities < 10_000_000 ? 3 : 1 }, (_, n) => child(entities, join(folder, `growth-${entities}-${n}`)));
    return { entities, ms: median(runs.map(({ ms }) => ms)), memory: median(runs.map(({ peakBytes, worldBytes }) => peakBytes / worldBytes)) };
  });
  const fixedMs = median(Array.from({ length: 5 }, (_, n) => child(10, join(folder, `growth-fixed-${n}`)).ms));
  const points = grown.map(({ entities, ms }) => [Math.log(entities), Math.log(ms)] as const);
  const [meanX, meanY] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis]!, 0) / points.length) as [number, number];
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return {
    growthExponent: slope,
    snapshotMsOfNothing: fixedMs,
    peakMemoryVsWorld: (grown[2] ?? grown[1])!.memory,
    peakMemoryVsLargestWorld: grown.at(-1)!.memory,
    ...Object.fromEntries(grown.map(({ entities, ms }) => [`snapshotMsOf1e${Math.log10(entities)}`, ms])),
  };
}

function child(entities: number, folder: string): Grown {
  const args = ['--expose-gc', '--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'growth-child.ts'), String(entities), folder];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Grown;
}
