import type { Slot } from '@beamline/core';
import { encodeRequests, type Answered } from '@beamline/vm';
import type { WorldImage } from '@beamline/persistence';
import { compareAnswers } from './compare-answers.ts';
import { compareWorlds } from './compare-worlds.ts';
import type { Costs } from './costs.ts';
import type { Entry } from './entry.ts';
import type { Moment, Side } from './side.ts';
import type { Tally } from './tally.ts';

export interface BothReleases {
  old: Side;
  fresh: Side;
  /** The old release's world as the new one must have it; the same image where the layout stays. */
  migrated: (image: WorldImage) => WorldImage;
  sameLayout: boolean;
  /** Another process of the new release, with this world. */
  reopen: (image: WorldImage, at: number) => Promise<Side>;
  tally: Tally;
  costs: Costs;
}

/** The old release and the new one, fed with the same messages. Calls run in the order in which they were made. */
export interface Pair {
  /** Resolves once answers are compared: false when one of them stopped at a message for good, as a bricked process does. */
  feed(entries: readonly Entry[]): Promise<boolean>;
  /** Compares the two worlds. */
  look(): Promise<void>;
  /** Throws the new release's process away and brings it back from a snapshot of itself. */
  kill(): Promise<void>;
  /** The last message that both took, the newest one of the schedule, and how many they took. */
  progress(): { last: Moment & { origin: Slot }; newest: Slot; fed: number };
  close(): Promise<void>;
}

export function createPair({ old, migrated, sameLayout, reopen, tally, costs, ...begun }: BothReleases, from: Moment): Pair {
  let { fresh } = begun;
  let last: Moment & { origin: Slot } = { ...from, origin: from.slot };
  let newest = from.slot;
  let fed = 0;
  let stopped = false;

  function compare(entries: readonly Entry[], a: Answered, b: Answered): void {
    const both = Math.min(a.answers.length, b.answers.length);
    for (let n = 0; n < both; n += 1) {
      const entry = entries[n]!;
      newest = Math.max(newest, entry.origin);
      compareAnswers(tally, entry, a.answers[n]!, b.answers[n]!);
      const [before, after] = [a.costs.get(n), b.costs.get(n)];
      if (before !== undefined && after !== undefined) costs.add(entry.action, before, after);
    }
    fed += both;
    last = entries[both - 1] ?? last;
    const failing = entries[both];
    if (failing === undefined) return;
    stopped = true;
    const [was, is] = [a, b].map(({ answers, failure }) => (answers.length === both ? failure : undefined));
    tally.add('error', `${failing.action}.vm/${(is ?? was)!.reason}`, { slot: failing.origin, ...(was && { old: was.message }), ...(is && { new: is.message }) });
  }

  return {
    async feed(entries) {
      const requests = encodeRequests(entries.map(({ req }) => req), (n) => costs.wants(entries[n]!.action));
      const [a, b] = await Promise.all([old.vm.answer(requests), fresh.vm.answer(requests)]);
      if (!stopped) compare(entries, a, b);
      return !stopped;
    },

    async look() {
      tally.beginLook();
      if (sameLayout && (await old.digest(last)) === (await fresh.digest(last))) return;
      const [was, is] = await Promise.all([old.image(last), fresh.image(last)]);
      await compareWorlds(tally, newest, migrated(was), is);
    },

    async kill() {
      const image = await fresh.image(last);
      await fresh.close();
      fresh = await reopen(image, last.timestamp);
    },

    progress: () => ({ last, newest, fed }),
    async close() {
      await Promise.all([old.close(), fresh.close()]);
    },
  };
}
