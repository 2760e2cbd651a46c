import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createManualClock, type ManualClock } from '@beamline/core/testing';
import type { Happening, Timeline, TimelineEvent } from '../src/timeline/timeline.ts';

export const note = (text: string): Happening => ({ kind: 'note', level: 'info', text });
export const texts = (events: readonly TimelineEvent[]): string[] =>
  events.map((event) => (event.kind === 'note' ? event.text : event.kind));

/** The contract of every `Timeline`. */
export function describeTimeline(kind: string, create: (clock: ManualClock) => Timeline): void {
  describe(`Timeline contract: ${kind}`, () => {
    let timeline: Timeline;
    beforeEach(() => { timeline = create(createManualClock(1_000)); });
    afterEach(() => timeline.close());

    it('gives ids that grow and stamps the time', () => {
      const [first, second] = [timeline.publish(note('a')), timeline.publish(note('b'))];
      expect(second.id).toBeGreaterThan(first.id);
      expect(first).toMatchObject({ at: 1_000, kind: 'note', text: 'a' });
    });

    it('lists oldest first, after an id, at most so many', () => {
      const events = ['a', 'b', 'c', 'd'].map((text) => timeline.publish(note(text)));
      expect(timeline.list()).toEqual(events);
      expect(texts(timeline.list({ after: events[1]?.id ?? 0 }))).toEqual(['c', 'd']);
      expect(texts(timeline.list({ limit: 1 }))).toEqual(['d']);
    });

    it('tells listeners what comes later, once, until they stop', () => {
      timeline.publish(note('before'));
      const heard: TimelineEvent[] = [];
      const stop = timeline.subscribe((event) => heard.push(event));
      const event = timeline.publish(note('during'));
      stop();
      timeline.publish(note('after'));
      expect(heard).toEqual([event]);
    });

    it('goes on when a listener throws', () => {
      const heard: string[] = [];
      timeline.subscribe(() => { throw new Error('broken'); });
      timeline.subscribe((event) => heard.push(event.kind));
      timeline.publish(note('a'));
      expect(heard).toEqual(['note']);
    });
  });
}
