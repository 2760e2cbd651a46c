import { tracedProgram } from '@beamline/bundler/verify';
import type { WorldImage } from '@beamline/persistence';
import { encodeRequests } from '@beamline/vm';
import { migrated } from '../perform/transfer-state.ts';
import { sideOf, timeOf, type InstanceRehearsal } from './bring-up.ts';
import { killsAt } from './chaos.ts';
import { errorPlace } from './noted-errors.ts';
import type { Past } from './past.ts';
import type { Difference } from './report.ts';
import { scheduleBatches } from './schedule-batches.ts';
import { openSide } from './side.ts';

interface Search extends InstanceRehearsal {
  past: Past;
  image: WorldImage;
  places: readonly Omit<Difference, 'allowed'>[];
}

/** What no process counts: a migration that does not fit, a program that stopped. */
const UNCOUNTED = /\.(?:persistence|vm)\/[a-z-]+$/;

/**
 * Where errors of the new release come from, by their places: `src/move.ts:7`. The schedule goes through the new release
 * once more, in plain Lua, up to the last message of which one is to be explained.
 */
export async function errorSources(search: Search, signal?: AbortSignal): Promise<Map<string, string>> {
  const { network, bundles, change, chaos, past, image, places } = search;
  const { role, release, blue } = change;
  const sources = new Map<string, string>();
  const errors = places.filter(({ kind, at, examples }) => kind === 'error' && examples[0]?.new !== undefined && !UNCOUNTED.test(at));
  const map = errors.length === 0 ? undefined : await bundles.map?.(release, role);
  if (map === undefined) return sources;

  const program = tracedProgram([{ code: await bundles.lua(release, role), map }]);
  const at = await timeOf(network, blue, past.from, signal);
  const side = await openSide({
    ...sideOf(search, past, program.code, release), chunkName: program.chunkName, profile: 'lua5.3', image: migrated(change, image), at,
  }, signal).catch(() => undefined);
  // What does not even begin there is told without its place.
  if (side === undefined) return sources;
  try {
    await program.prepare(side.vm);
    const to = Math.max(...errors.map(({ examples }) => examples[0]!.slot));
    const counts = { reordered: 0, delayed: 0, duplicated: 0 };
    // Chaos holds some back: whoever was late is looked for as far as it could be.
    const range = { network, process: blue, from: past.from + 1, to: chaos === undefined ? to : past.head, endsAt: chaos === undefined ? new Set<number>() : killsAt(chaos, past.head - past.from) };
    for await (const { entries } of scheduleBatches({ ...range, ...(chaos === undefined ? {} : { chaos: { seed: chaos, counts } }) }, signal)) {
      const { failure } = await side.vm.answer(encodeRequests(entries.map(({ req }) => req)));
      if (failure !== undefined) break;
    }
    for (const { error, stack } of await program.first(side.vm)) {
      const known = errorPlace(error);
      // What the game called of the toolkit has the error, but not the mistake.
      const place = stack.find(({ file }) => !file.startsWith('@beamline/')) ?? stack[0];
      if (place !== undefined && !sources.has(known)) sources.set(known, `${place.file}:${place.line}`);
    }
  } finally {
    await side.close();
  }
  return sources;
}
