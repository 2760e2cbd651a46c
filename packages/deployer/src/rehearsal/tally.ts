import type { Difference, DifferenceExample, DifferenceKind } from './report.ts';

/** Places with examples; beyond, only their number is kept. */
const MOST_PLACES = 100;
const EXAMPLES = 3;
const LONGEST = 120;
const ORDER: readonly DifferenceKind[] = ['error', 'state', 'reply', 'outbox'];

type Place = Omit<Difference, 'allowed'> & { examples: DifferenceExample[] };

/** Differences by place, counted; the cost is judged by itself. */
export interface Tally {
  add(kind: DifferenceKind, at: string, example: DifferenceExample): void;
  /** Forgets the counts of `state`, not the examples: a look at the state counts anew what it finds. */
  beginLook(): void;
  places(): Place[];
  /** Places that had no room. */
  more(): number;
}

export function createTally(): Tally {
  const places = new Map<string, Place>();
  const others = new Set<string>();
  let fresh = new Set<Place>();
  return {
    add(kind, at, example) {
      const key = `${kind} ${at}`;
      let place = places.get(key);
      if (place === undefined) {
        if (places.size >= MOST_PLACES) return void (others.size < 10_000 && others.add(key));
        place = { kind, at, count: 0, examples: [] };
        places.set(key, place);
      }
      if (kind === 'state' && !fresh.has(place)) {
        fresh.add(place);
        place.count = 0;
      }
      place.count += 1;
      // A world that differs still differs at the next look: when it began says more.
      const isLater = kind === 'state' && place.examples.length > 0 && place.examples[0]!.slot !== example.slot;
      if (place.examples.length < EXAMPLES && !isLater) place.examples.push(shortened(example));
    },
    beginLook: () => { fresh = new Set(); },
    places: () => [...places.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.count - a.count || (a.at < b.at ? -1 : 1)),
    more: () => others.size,
  };
}

function shortened({ old, new: now, ...where }: DifferenceExample): DifferenceExample {
  return { ...where, ...(old === undefined ? {} : { old: shorten(old) }), ...(now === undefined ? {} : { new: shorten(now) }) };
}

/** Printable: reports are shown in terminals and kept in plans. */
function shorten(text: string): string {
  const plain = text.slice(0, LONGEST + 1).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
