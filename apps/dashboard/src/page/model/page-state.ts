import type { RatePoint, StatusReport, TimelineEvent } from '@beamline/stack';

/** `locked`: the server asks for a token. */
export type Connection = 'connecting' | 'live' | 'lost' | 'locked';

/** Everything on the page. */
export interface PageState {
  connection: Connection;
  report: StatusReport | undefined;
  /** Oldest first, at most `KEPT_RATES`. */
  rates: readonly RatePoint[];
  /** In the order of their ids, at most `KEPT_EVENTS`. */
  events: readonly TimelineEvent[];
  /** Why the server cannot look at the environment. Empty when it can. */
  problem: string;
}

export type PageAction =
  | { on: 'connection'; connection: Connection }
  | { on: 'history'; rates: readonly RatePoint[] }
  | { on: 'status'; report: StatusReport; rate: RatePoint | undefined }
  | { on: 'problem'; problem: string }
  | { on: 'event'; event: TimelineEvent };

const KEPT_RATES = 600;
const KEPT_EVENTS = 1_000;

export const emptyPage: PageState = { connection: 'connecting', report: undefined, rates: [], events: [], problem: '' };

export function nextPage(state: PageState, action: PageAction): PageState {
  switch (action.on) {
    case 'connection': return { ...state, connection: action.connection };
    case 'history': return { ...state, rates: merge(action.rates, state.rates) };
    case 'status': return { ...state, connection: 'live', problem: '', report: action.report, rates: action.rate ? merge(state.rates, [action.rate]) : state.rates };
    case 'problem': return { ...state, problem: action.problem };
    case 'event': {
      // A stream that resumes may repeat what was told already.
      if (action.event.id <= (state.events.at(-1)?.id ?? 0)) return state;
      return { ...state, events: [...state.events, action.event].slice(-KEPT_EVENTS) };
    }
  }
}

/** `newer` is right where both know a moment. */
function merge(older: readonly RatePoint[], newer: readonly RatePoint[]): readonly RatePoint[] {
  const from = newer[0]?.at ?? Infinity;
  return [...older.filter(({ at }) => at < from), ...newer].slice(-KEPT_RATES);
}
