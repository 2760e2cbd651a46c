import type { TimelineEvent } from '../timeline/timeline.ts';

type Start = Extract<TimelineEvent, { kind: 'deployment' }>;

/** The event that began each deployment, by its id. */
export const deploymentStarts = (events: readonly TimelineEvent[]): ReadonlyMap<string, Start> =>
  new Map(events.flatMap((event) => (event.kind === 'deployment' && event.state === 'running' ? [[event.deployment, event]] : [])));
