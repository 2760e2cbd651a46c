import type { Clock } from '@beamline/core';
import { createListeners, select, type Timeline, type TimelineEvent } from './timeline.ts';

/** Within one program only; keeps the newest `keep` events. */
export function createMemoryTimeline({ clock, keep = 5_000 }: { clock: Clock; keep?: number }): Timeline {
  const listeners = createListeners();
  let events: TimelineEvent[] = [];
  let lastId = 0;
  return {
    publish(happening) {
      const event: TimelineEvent = { ...happening, id: lastId += 1, at: clock.now() };
      events = [...events.slice(1 - keep), event];
      listeners.tell(event);
      return event;
    },
    list: (query) => select(events, query),
    subscribe: listeners.add,
    close: listeners.clear,
  };
}
