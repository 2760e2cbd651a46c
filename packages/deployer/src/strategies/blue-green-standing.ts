import type { Standing } from '../strategy.ts';
import type { BlueGreenState } from './blue-green-state.ts';

/** The machine's state in the words of every strategy. */
export function standingOf(state: BlueGreenState): Standing {
  if (state.phase === 'stuck') {
    return { ...standingOf(state.at), end: { outcome: 'stuck', reason: state.reason } };
  }
  const { course, before } = state;
  const base = { course, ...(before === undefined ? {} : { before }), ...('cut' in state ? { cut: state.cut } : {}) };

  switch (state.phase) {
    case 'linking':
    case 'reconciling':
    case 'proving':
    case 'retiring':
      return { ...base, serving: 'green' };
    case 'done':
      return {
        ...base, serving: 'green', forwarders: state.forwarders,
        end: course.direction === 'forward'
          ? { outcome: 'complete' }
          : { outcome: 'rolled-back', ...(course.because === undefined ? {} : { reason: course.because }) },
      };
    case 'aborted':
      return {
        ...base, serving: 'blue',
        end: { outcome: 'aborted', reason: state.leaked === undefined ? state.reason : `${state.reason}; greens could not be retired: ${state.leaked}` },
      };
    default:
      return { ...base, serving: 'blue' };
  }
}
