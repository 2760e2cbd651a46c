// A process of its own for each size, so that its memory is this world's: prints milliseconds and bytes as JSON.
import { bytesOf, crowdedWorld } from './crowded-world.ts';
import { snapshotterOf } from './snapshots.ts';

const [entities, folder] = process.argv.slice(2) as [string, string];
// Code and its first garbage are there whatever the world.
await snapshotterOf(crowdedWorld(20_000), `${folder}-first`).snapshot();
globalThis.gc?.();
const before = process.memoryUsage.rss();
const world = crowdedWorld(Number(entities));
const snapshotter = snapshotterOf(world, folder);
const start = performance.now();
await snapshotter.snapshot();
const ms = performance.now() - start;
const peak = process.resourceUsage().maxRSS * 1024 - before;
process.stdout.write(JSON.stringify({ ms, worldBytes: bytesOf(world), peakBytes: peak }));
