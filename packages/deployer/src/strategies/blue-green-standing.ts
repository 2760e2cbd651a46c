import type { Pass } from '../course.ts';
import type { Standing } from '../strategy.ts';
import type { BlueGreenState, Ended, Working } from './blue-green-state.ts';

/** The machine's state in the words of every strategy. */
export function standingOf(state: BlueGreenState): Standing {
  if (state.phase === 'stuck') return { passes: passesOf(state.at), end: { outcome: 'stuck', reason: state.reason } };
  const passes = passesOf(state);
  switch (state.phase) {
    case 'done': {
      const { direction, because } = state.course;
      return { passes, end: direction === 'forward' ? { outcome: 'complete' } : { outcome: 'rolled-back', ...(because === undefined ? {} : { reason: because }) } };
    }
    case 'aborted':
      return { passes, end: { outcome: 'aborted', reason: state.leaked === undefined ? state.reason : `${state.reason}; greens could not be retired: ${state.leaked}` } };
    default:
      return { passes };
  }
}

function passesOf(state: Working | Ended): Pass[] {
  const { course, before } = state;
  const pass: Pass = {
    course, serving: servesGreen(state) ? 'green' : 'blue',
    ...('cut' in state ? { cut: state.cut } : {}), ...('forwarders' in state ? { forwarders: state.forwarders } : {}),
  };
  return before === undefined ? [pass] : [{ ...before, serving: 'green' }, pass];
}

function servesGreen({ phase }: Working | Ended): boolean {
  switch (phase) {
    case 'linking':
    case 'reconciling':
    case 'collecting':
    case 'proving':
    case 'freezing':
    case 'unfreezing':
    case 'retiring':
    case 'done':
      return true;
    default:
      return false;
  }
}
