/**
 * What a role says to other processes, and what its actions want to be told, as far as its sources say it literally. What
 * is computed is left open: about it nothing can be promised, and nothing is refused.
 */
export interface MessageContract {
  /** Every `send({ … })` of the live code, in order of file and place. */
  sends: readonly SentMessage[];
  /** Tags that actions read with `intTag` and `textTag`, by action. Sorted. */
  takes: Readonly<Record<string, readonly TakenTag[]>>;
}

export interface SentMessage {
  /** A link's name, or the beginning of one and `*` (`battle-*`: some shard); absent when computed. */
  to?: string;
  /** Absent when computed. */
  action?: string;
  tags: Readonly<Record<string, SentTag>>;
  /** It carries further tags whose names are computed. */
  open?: true;
}

/** `values`: all that it may be, when they are literal. */
export interface SentTag {
  kind: 'number' | 'text' | 'unknown';
  values?: readonly (string | number)[];
}

/** `required`: read on every way through the action. Bounds that are computed are absent. */
export type TakenTag = { name: string; required: boolean } & (
  | { kind: 'number'; min?: number; max?: number }
  | { kind: 'text'; maxLength?: number }
);

/** Tags that one action reads, put together: a name read twice is as demanding as its most demanding reading. */
export function mergeTaken(found: readonly TakenTag[]): TakenTag[] {
  const byName = new Map<string, TakenTag>();
  for (const tag of found) {
    const before = byName.get(tag.name);
    // Of two kinds the required one counts: the other is read on some ways only.
    const chosen = before === undefined || (tag.required && !before.required) ? tag : before;
    byName.set(tag.name, before === undefined ? tag : { ...chosen, required: tag.required || before.required });
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
