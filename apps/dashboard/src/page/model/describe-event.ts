import type { TimelineEvent } from '@beamline/stack';
import { bytes, count, duration, shortRelease } from './format.ts';

export type Tone = 'plain' | 'good' | 'warning' | 'bad';

export interface Sentence {
  tone: Tone;
  text: string;
}

const STEP_NAMES: Readonly<Record<string, string>> = {
  publish: 'Publish bundles',
  spawn: 'Start new processes',
  restore: 'Restore state',
  'catch-up': 'Catch up',
  check: 'Check',
  fence: 'Fence',
  transfer: 'Transfer last changes',
  activate: 'Activate',
  link: 'Link',
  'hand-over': 'Hand over',
  route: 'Move aliases',
  reconcile: 'Reconcile',
  prove: 'Smoke tests and bake',
  retire: 'Retire the old',
  thaw: 'Thaw the old',
  discard: 'Discard the new',
};

export const stepName = (step: string): string => STEP_NAMES[step] ?? step;

/** An event in words. */
export function describeEvent(event: TimelineEvent): Sentence {
  switch (event.kind) {
    case 'note': return { tone: event.level === 'error' ? 'bad' : event.level === 'warning' ? 'warning' : 'plain', text: event.text };
    case 'snapshot': {
      const reused = event.pagesReused > 0 ? `, ${count(event.pagesReused)} of ${count(event.pages)} pages reused` : `, ${count(event.pages)} pages`;
      return { tone: 'plain', text: `Snapshot of ${event.instance} at slot ${count(event.slot)}: ${bytes(event.bytes)} in ${duration(event.ms)}${reused}` };
    }
    case 'recovery': return recovery(event);
    case 'write-pause': return { tone: 'warning', text: `${event.instance} paused writes for ${duration(event.ms)}, ${count(event.held)} messages held` };
    case 'step': {
      const name = `${stepName(event.step)}${event.reverse ? ' (way back)' : ''}`;
      if (event.state === 'failed') return { tone: 'bad', text: `${name} failed${event.detail ? `: ${event.detail}` : ''}` };
      return { tone: 'plain', text: event.state === 'started' ? `${name} …` : `${name}: ${event.ms === undefined ? 'done' : duration(event.ms)}` };
    }
    case 'deployment': return deployment(event);
  }
}

function recovery({ instance, state, ms, rootsMatch, detail }: Extract<TimelineEvent, { kind: 'recovery' }>): Sentence {
  if (state === 'started') return { tone: 'warning', text: `Recovering ${instance}${detail ? `: ${detail}` : ''}` };
  if (state === 'failed') return { tone: 'bad', text: `Recovery of ${instance} failed${detail ? `: ${detail}` : ''}` };
  const roots = rootsMatch === undefined ? '' : rootsMatch ? ', roots match' : ', roots differ';
  return { tone: rootsMatch === false ? 'bad' : 'good', text: `Recovered ${instance}${ms === undefined ? '' : ` in ${duration(ms)}`}${roots}` };
}

function deployment({ state, from, to, strategy, ms, detail }: Extract<TimelineEvent, { kind: 'deployment' }>): Sentence {
  const took = ms === undefined ? '' : ` in ${duration(ms)}`;
  const why = detail ? `: ${detail}` : '';
  switch (state) {
    case 'running': return { tone: 'plain', text: `Deploying ${shortRelease(to)}${from ? ` over ${shortRelease(from)}` : ''}, ${strategy}` };
    case 'complete': return { tone: 'good', text: `Deployed ${shortRelease(to)}${took}` };
    case 'rolled-back': return { tone: 'warning', text: `Rolled back to ${shortRelease(from)}${took}${why}` };
    case 'aborted': return { tone: 'warning', text: `Deployment aborted, ${from ? shortRelease(from) : 'nothing'} runs untouched${why}` };
    case 'stuck': return { tone: 'bad', text: `Deployment needs a person${why}` };
  }
}
