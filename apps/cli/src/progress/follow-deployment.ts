import type { Timeline } from '@beamline/stack';
import { duration } from '../format.ts';
import type { Progress, ProgressStep } from './progress.ts';

/** Shows the steps of a deployment while it runs. Returns the way to stop. */
export function followDeployment(events: Timeline, progress: Progress): () => void {
  let step: ProgressStep | undefined;
  return events.subscribe((event) => {
    if (event.kind !== 'step') return;
    const name = event.reverse ? `${event.step} (way back)` : event.step;
    switch (event.state) {
      case 'started':
        step = progress.start(name);
        break;
      case 'progress':
        step?.update([event.instance, event.detail].filter(Boolean).join(' '));
        break;
      case 'failed':
        step?.fail(event.detail ?? 'no reason given');
        break;
      case 'done':
        step?.done(event.ms === undefined ? undefined : duration(event.ms));
    }
  });
}
