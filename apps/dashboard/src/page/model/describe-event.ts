import type { TimelineEvent } from '@beamline/stack';
import { bytes, count, duration, shortRelease } from './format.ts';

export type Tone = 'plain' | 'good' | 'warning' | 'bad';

export interface Sentence {
  tone: Tone;
  text: string;
}

/** The phases of the deployer's strategies, in words. */
const STEP_NAMES: Readonly<Record<string, string>> = {
  publishing: 'Publish bundles',
  spawning: 'Start new processes',
  introducing: 'Introduce',
  restoring: 'Restore state',
  'catching-up': 'Catch up',
  checking: 'Check',
  fencing: 'Fence',
  transferring: 'Transfer last changes',
  activating: 'Activate',
  linking: 'Link',
  'handing-over': 'Hand over',
  routing: 'Move aliases',
  reconciling: 'Reconcile',
  upgrading: 'Swap the code',
  proving: 'Smoke tests and bake',
  retiring: 'Retire the old',
  thawing: 'Thaw the old',
  discarding: 'Discard the new',
  removing: 'Remove what was added',
  gating: 'Look before the next batch',
  freezing: 'Freeze the new',
  unfreezing: 'Let the new go on',
  reclaiming: 'Give back to the old',
  collecting: 'Collect what came late',
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
    case 'drill': return event.outcome === 'good'
      ? { tone: 'good', text: `Restore drill of ${event.instance} at slot ${count(event.slot)}: back in ${duration(event.recoveryMs)}, ${count(event.replayed)} messages replayed` }
      : { tone: 'bad', text: `Restore drill of ${event.instance} at slot ${count(event.slot)} failed${event.detail ? `: ${event.detail}` : ''}` };
    case 'recovery': return recovery(event);
    case 'write-pause': return { tone: 'warning', text: `${event.instance} paused writes for ${duration(event.ms)}, ${count(event.held)} messages held` };
    case 'step': {
      const name = `${stepName(event.step)}${event.reverse ? ' (way back)' : ''}`;
      if (event.state === 'failed') return { tone: 'bad', text: `${name} failed${event.detail ? `: ${event.detail}` : ''}` };
      if (event.state === 'done') return { tone: 'plain', text: `${name}: ${event.ms === undefined ? 'done' : duration(event.ms)}` };
      return { tone: 'plain', text: [`${name} …`, event.instance, event.detail].filter(Boolean).join(' ') };
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

function deployment({ state, from, to, version, strategy, ms, detail }: Extract<TimelineEvent, { kind: 'deployment' }>): Sentence {
  const took = ms === undefined ? '' : ` in ${duration(ms)}`;
  const why = detail ? `: ${detail}` : '';
  const name = [version, shortRelease(to)].filter(Boolean).join(' ');
  switch (state) {
    case 'running': return { tone: 'plain', text: `Deploying ${name}${from ? ` over ${shortRelease(from)}` : ''}, ${strategy}` };
    case 'complete': return { tone: 'good', text: `Deployed ${name}${took}` };
    case 'rolled-back': return { tone: 'warning', text: `Rolled back to ${shortRelease(from)}${took}${why}` };
    case 'aborted': return { tone: 'warning', text: `Deployment aborted, ${from ? `${shortRelease(from)} runs untouched` : 'nothing was deployed'}${why}` };
    case 'stuck': return { tone: 'bad', text: `Deployment needs a person${why}` };
  }
}
