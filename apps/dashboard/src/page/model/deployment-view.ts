import type { DeploymentState, TimelineEvent } from '@beamline/stack';

export interface StepView {
  step: string;
  /** `ahead`: it comes if all goes well. */
  state: 'ahead' | 'started' | 'done' | 'failed';
  /** On the way back to the old release. */
  reverse: boolean;
  /** Of a rollout, from 1 on; else 0. */
  batch: number;
  startedAt: number;
  ms: number | undefined;
  detail: string;
}

export interface PauseView {
  instance: string;
  ms: number;
  held: number;
}

/** One deployment as its events tell it so far. */
export interface DeploymentView {
  id: string;
  from: string;
  to: string;
  /** The game's version of `to`. */
  version: string;
  strategy: string;
  state: DeploymentState;
  detail: string;
  startedAt: number;
  ms: number | undefined;
  /** The states of the strategy when all goes well, in order; of a rollout, for each of its `batches`. */
  way: readonly string[];
  batches: number;
  steps: readonly StepView[];
  pauses: readonly PauseView[];
}

/** What was gone through, and what is still to come while nothing has gone wrong. */
export function stepsOf({ state, way, batches, steps }: DeploymentView): readonly StepView[] {
  const last = steps.at(-1);
  if (state !== 'running' || last === undefined || last.reverse || last.state === 'failed') return steps;
  const at = way.indexOf(last.step);
  if (at === -1) return steps;
  // The gate comes between two batches.
  const left = way.slice(at + 1).filter((step) => step !== 'gating' || last.batch < batches);
  return [...steps, ...left.map((step): StepView => ({ step, state: 'ahead', reverse: false, batch: last.batch, startedAt: 0, ms: undefined, detail: '' }))];
}

const PAUSING = ['fencing', 'transferring', 'activating'];

/** While these run, the instances being replaced accept no writes. A first deployment replaces none, and one in place none ever. */
export const pausingSteps = ({ from, strategy, way, steps }: DeploymentView): readonly StepView[] =>
  (from === '' || strategy === 'in-place' || way.includes('upgrading') ? [] : steps.filter(({ step }) => PAUSING.includes(step)));

/** Deployments in the order they began. Events may begin in the middle of one: what came before stays unknown. */
export function deploymentsOf(events: readonly TimelineEvent[]): readonly DeploymentView[] {
  const views = new Map<string, DeploymentView>();
  for (const event of events) {
    if (!('deployment' in event)) continue;
    const view = views.get(event.deployment) ?? {
      id: event.deployment, from: '', to: '', version: '', strategy: '', state: 'running', detail: '', startedAt: event.at, ms: undefined, way: [], batches: 0, steps: [], pauses: [],
    };
    views.set(event.deployment, add(view, event));
  }
  return [...views.values()];
}

function add(view: DeploymentView, event: Extract<TimelineEvent, { deployment: string }>): DeploymentView {
  switch (event.kind) {
    case 'deployment': {
      const { from, to, version = view.version, strategy, way = view.way, batches = view.batches, state, detail = '', ms } = event;
      return { ...view, from, to, version, strategy, way, batches, state, detail, ms: state === 'running' ? undefined : (ms ?? event.at - view.startedAt) };
    }
    case 'write-pause': return { ...view, pauses: [...view.pauses, event] };
    case 'step': return { ...view, steps: addStep(view.steps, event, view.batches) };
  }
}

function addStep(steps: readonly StepView[], event: Extract<TimelineEvent, { kind: 'step' }>, batches: number): readonly StepView[] {
  const { step, state, reverse = false, batch = 0, detail = batch === 0 ? '' : `batch ${batch} of ${batches}`, at, ms } = event;
  const open = steps.findLastIndex((other) => other.step === step && other.reverse === reverse && other.state === 'started');
  if (state === 'started') {
    // A resumed runner performs the open step again: it stays one line.
    if (open !== -1) return steps;
    const last = steps.at(-1);
    // A step that ended well, and after which there is no way but back, found what it was looking for.
    const before = reverse && last !== undefined && !last.reverse ? steps.with(-1, { ...last, state: 'failed', detail: last.detail || 'found problems' }) : steps;
    return [...before, { step, state, reverse, batch, startedAt: at, ms: undefined, detail }];
  }
  const begun = steps[open];
  if (state === 'progress') {
    return begun === undefined ? steps : steps.with(open, { ...begun, detail: [event.instance, detail].filter(Boolean).join(': ') });
  }
  const startedAt = begun?.startedAt ?? at - (ms ?? 0);
  const ended: StepView = { step, state, reverse, batch, startedAt, ms: ms ?? at - startedAt, detail: detail || (begun?.detail ?? '') };
  return begun === undefined ? [...steps, ended] : steps.with(open, ended);
}
