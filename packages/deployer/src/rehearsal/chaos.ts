import type { ChaosCounts } from './report.ts';
import type { Entry } from './entry.ts';

/** Of a hundred messages. */
const REORDERED = 5;
const DELAYED = 3;
const DUPLICATED = 5;
/** By how many places at most. */
const NEAR = 3;
const FAR = 64;
const KILLS = 2;

/** Numbers from 0 to below `bound`, the same for the same seed (Mulberry32). */
export function dice(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  };
}

/** After how many messages the new release's process is thrown away: in the middle half. */
export function killsAt(seed: number, messages: number): Set<number> {
  const roll = dice(seed ^ 0x6b696c6c);
  const kills = new Set<number>();
  if (messages >= 2) for (let n = 0; n < KILLS; n += 1) kills.add(Math.floor(messages / 4) + roll(Math.max(1, Math.floor(messages / 2))));
  return kills;
}

/**
 * The schedule as a network might have given it: some messages change places with near ones, some come late, some twice.
 * The owner's keep their places. Slots are numbered anew; a message has the time of the place where it comes. At most some
 * hundred messages are held back.
 */
export async function* disturbed(entries: AsyncIterable<Entry>, seed: number, counts: Omit<ChaosCounts, 'killed'>): AsyncGenerator<Entry> {
  const roll = dice(seed);
  let waiting: { due: number; order: number; entry: Entry }[] = [];
  let order = 0;
  let slot: number | undefined;
  let place = 0;
  let timestamp = 0;
  const wait = (due: number, entry: Entry) => waiting.push({ due, order: order++, entry });

  function* leaving(until: number): Generator<Entry> {
    const due = waiting.filter((one) => one.due <= until).sort((a, b) => a.due - b.due || a.order - b.order);
    waiting = waiting.filter((one) => one.due > until);
    for (const { entry } of due) {
      yield { ...entry, slot: slot!, timestamp, req: { ...entry.req, slot: slot!, timestamp } };
      slot! += 1;
    }
  }

  for await (const entry of entries) {
    slot ??= entry.slot;
    timestamp = entry.timestamp;
    const fate = entry.isOperation ? 100 : roll(100);
    if (fate < REORDERED) counts.reordered += 1;
    else if (fate < REORDERED + DELAYED) counts.delayed += 1;
    wait(place + (fate < REORDERED ? 1 + roll(NEAR) : fate < REORDERED + DELAYED ? NEAR + 1 + roll(FAR) : 0), entry);
    if (fate >= 100 - DUPLICATED && fate < 100) {
      counts.duplicated += 1;
      wait(place + roll(FAR), entry);
    }
    yield* leaving(place);
    place += 1;
  }
  yield* leaving(Infinity);
}
