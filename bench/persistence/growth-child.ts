// A process of its own for each size, so that its memory is this world's: prints milliseconds and bytes as JSON.
import { readFileSync } from 'node:fs';
import { bytesOf, crowdedWorld } from './crowded-world.ts';
import { snapshotterOf } from './snapshots.ts';

const [entities, folder] = process.argv.slice(2) as [string, string];
// Code, compiled, and its first garbage are there whatever the world.
for (let n = 0; n < 5; n += 1) await snapshotterOf(crowdedWorld(20_000), `${folder}-first-${n}`).snapshot();
globalThis.gc?.();
const before = process.memoryUsage.rss();
const world = crowdedWorld(Number(entities));
const snapshotter = snapshotterOf(world, folder);
const start = performance.now();
await snapshotter.snapshot();
const ms = performance.now() - start;
const peak = highWater() - before;
process.stdout.write(JSON.stringify({ ms, worldBytes: bytesOf(world), peakBytes: peak }));

/** Of this program alone: what `resourceUsage` tells includes the one that started it. */
function highWater(): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))!;
  return Number(kilobytes) * 1024;
}
