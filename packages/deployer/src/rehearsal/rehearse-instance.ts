import { isFault, type Slot } from '@beamline/core';
import { worldAt, type WorldImage } from '@beamline/persistence';
import type { Pair } from './both-releases.ts';
import { bringUp, type InstanceRehearsal } from './bring-up.ts';
import { killsAt } from './chaos.ts';
import { createCosts, type Costs } from './costs.ts';
import { errorSources } from './error-sources.ts';
import { readPast, type Past } from './past.ts';
import { spawnedWith } from './release-code.ts';
import type { RehearsedInstance } from './report.ts';
import { scheduleBatches } from './schedule-batches.ts';
import { createTally, type Tally } from './tally.ts';

/** What was found, and how long the messages took on their way through both releases. */
export interface InstanceRehearsed {
  report: RehearsedInstance;
  ms: number;
}

/** How often the two worlds are compared, in equal distances, the last time at the end. */
const LOOKS = 4;

/** Takes one instance's schedule through the old release and the new one, off the network, and compares. Nothing is allowed yet. */
export async function rehearseInstance(options: InstanceRehearsal, signal?: AbortSignal): Promise<InstanceRehearsed> {
  const { network, store, clock, bundles, change, messages, chaos } = options;
  const { instance, role, blue } = change;
  const past = await readPast(network, blue, messages, signal);
  const spawned = await bundles.lua(spawnedWith(past.genesis), role);
  const { image } = await worldAt({ network, store, clock, process: blue, slot: past.from, bundle: { code: spawned } }, signal);

  const tally = createTally();
  const costs = createCosts();
  const passed = await passThrough(options, past, image, tally, costs, signal);

  const cost = costs.means();
  const places = tally.places();
  const sources = await errorSources({ ...options, past, image, places }, signal);
  const differences = places.map((place) => ({
    ...place, ...(sources.has(place.at) && place.kind === 'error' ? { source: sources.get(place.at)! } : {}), allowed: false,
  }));
  return {
    ms: passed.ms,
    report: {
      instance, role, process: blue, from: past.from, to: passed.to, messages: passed.fed, ...(past.short === undefined ? {} : { short: past.short }),
      looks: passed.looks, differences, more: tally.more(), cost, ...(chaos === undefined ? {} : { chaos: passed.chaos }),
    },
  };
}

interface Passed {
  fed: number;
  to: Slot;
  ms: number;
  looks: Slot[];
  chaos: NonNullable<RehearsedInstance['chaos']>;
}

async function passThrough(
  options: InstanceRehearsal, past: Past, image: WorldImage, tally: Tally, costs: Costs, signal?: AbortSignal,
): Promise<Passed> {
  const { network, clock, chaos, change: { blue } } = options;
  const passed: Passed = { fed: 0, to: past.from, ms: 0, looks: [], chaos: { reordered: 0, delayed: 0, duplicated: 0, killed: 0 } };
  let pair: Pair | undefined;
  const look = async () => {
    await pair!.look();
    passed.looks.push(pair!.progress().newest);
  };
  try {
    pair = await bringUp(options, past, image, tally, costs, signal);
    const total = past.head - past.from;
    const looks = new Set(Array.from({ length: LOOKS - 1 }, (_, n) => Math.floor((total * (n + 1)) / LOOKS)));
    const kills = chaos === undefined ? new Set<number>() : killsAt(chaos, total);
    const batches = scheduleBatches({
      network, process: blue, from: past.from + 1, to: past.head, endsAt: new Set([...looks, ...kills]), ...(chaos === undefined ? {} : { chaos: { seed: chaos, counts: passed.chaos } }),
    }, signal);
    const startedAt = clock.now();
    let running = Promise.resolve(true);
    for await (const { entries, count } of batches) {
      signal?.throwIfAborted();
      // One batch is computed while the next is read.
      const next = pair.feed(entries);
      next.catch(() => undefined);
      if (!(await running)) break;
      running = next;
      if (!looks.has(count) && !kills.has(count)) continue;
      if (!(await running)) break;
      if (looks.has(count)) await look();
      if (kills.has(count)) {
        await pair.kill();
        passed.chaos.killed += 1;
      }
    }
    // Where one of them stopped, the other may have gone on: their worlds are of different moments.
    if (await running) await look();
    passed.ms = clock.now() - startedAt;
  } catch (error) {
    // The world has what the migration has no place for: the rehearsal ends, and says where.
    if (!isFault(error, 'persistence/misfit')) throw error;
    tally.add('error', 'migration.persistence/misfit', { slot: pair?.progress().last.origin ?? past.from, new: error.message });
  } finally {
    await pair?.close();
  }
  if (pair !== undefined) Object.assign(passed, { fed: pair.progress().fed, to: pair.progress().newest });
  return passed;
}
