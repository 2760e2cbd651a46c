import { buildApart } from './child.ts';
import { withSynthetic } from './with-synthetic.ts';

/** Slope of time over modules, both as logarithms, from 300 to 3,000; and the memory of the largest, by module. */
export async function measureGrowth(quick: boolean): Promise<Record<string, number>> {
  const points: { files: number; ms: number; bytes: number }[] = [];
  for (const files of quick ? [63, 123, 303] : [303, 953, 3_003]) {
    const { ms, growthBytes } = await withSynthetic(files, async ({ entry, root }) => buildApart('ours', entry, root));
    points.push({ files, ms, bytes: growthBytes });
  }
  return {
    growthExponent: slopeOf(points.map(({ files, ms }) => [Math.log(files), Math.log(ms)])),
    memoryGrowthExponent: slopeOf(points.map(({ files, bytes }) => [Math.log(files), Math.log(bytes)])),
    ...Object.fromEntries(points.map(({ files, ms }) => [`coldMsOf${files}Modules`, ms])),
    ...Object.fromEntries(points.map(({ files, bytes }) => [`megabytesOf${files}Modules`, bytes / 1e6])),
  };
}

function slopeOf(points: readonly (readonly [number, number])[]): number {
  const [meanX, meanY] = [0, 1].map((axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points.length) as [number, number];
  return points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
