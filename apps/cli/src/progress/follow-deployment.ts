import { stateMachineOf, type StateMachine, type Timeline } from '@beamline/stack';
import { duration } from '../format.ts';
import { advance, drawMachine, standingAtStart, type MachineView } from './machine-view.ts';
import type { Progress, ProgressStep } from './progress.ts';

/**
 * Shows a deployment while it runs: its machine where a screen can be drawn on, else a line a step. Returns the way to stop.
 *
 * @param machine of the plan; else that of the strategy the events name
 */
export const followDeployment = (events: Timeline, progress: Progress, machine?: StateMachine): (() => void) =>
  (progress.draw === undefined ? followSteps(events, progress) : followMachine(events, progress.draw.bind(progress), machine));

function followMachine(events: Timeline, draw: NonNullable<Progress['draw']>, machine?: StateMachine): () => void {
  const views = new Map<string, MachineView>();
  return events.subscribe((event) => {
    if (event.kind !== 'step') return;
    const view = advance(views.get(event.deployment) ?? told(events, event.deployment, event.id, machine), event);
    views.set(event.deployment, view);
    draw((width) => drawMachine(view, width));
  });
}

/** A deployment that is resumed has been somewhere before. */
function told(events: Timeline, deployment: string, before: number, machine: StateMachine | undefined): MachineView {
  const past = events.list({ limit: Infinity }).filter((event) => 'deployment' in event && event.deployment === deployment && event.id < before);
  const strategy = past.findLast((event) => event.kind === 'deployment')?.strategy ?? '';
  return past.reduce(
    (view, event) => (event.kind === 'step' ? advance(view, event) : view), standingAtStart(machine ?? stateMachineOf(strategy) ?? { way: [], undo: [] }),
  );
}

function followSteps(events: Timeline, progress: Progress): () => void {
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
