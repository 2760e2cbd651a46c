import type { DeployCommand } from '../strategy.ts';
import type { BlueGreenState } from './blue-green-state.ts';

/** What to do in a state; also what a resumed runner does again. */
export function commandOf(state: BlueGreenState): DeployCommand | undefined {
  switch (state.phase) {
    case 'publishing': return { do: 'publish', course: state.course };
    case 'spawning': return { do: 'spawn', course: state.course };
    case 'introducing': return { do: 'introduce', course: state.course };
    case 'restoring': return { do: 'restore', course: state.course };
    case 'catching-up': return { do: 'catch-up', course: state.course };
    case 'checking': return { do: 'check', course: state.course };
    case 'fencing': return { do: 'fence', course: state.course };
    case 'transferring': return { do: 'transfer', course: state.course };
    case 'activating': return { do: 'activate', course: state.course };
    case 'handing-over': return { do: 'hand-over', course: state.course, cut: state.cut };
    case 'routing': return { do: 'route', course: state.course };
    case 'linking': return { do: 'link', course: state.course };
    case 'reconciling': return { do: 'reconcile', course: state.course, cut: state.cut };
    case 'proving': return { do: 'prove', course: state.course };
    case 'reclaiming':
    case 'collecting': return { do: 'reclaim', course: state.course, cut: state.before.cut };
    case 'freezing': return { do: 'freeze', course: state.course };
    case 'unfreezing': return { do: 'unfreeze', course: state.course };
    case 'retiring': return { do: 'retire', course: state.course, cut: state.cut };
    case 'thawing': return { do: 'thaw', course: state.course };
    case 'discarding': return { do: 'discard', course: state.course };
    case 'done':
    case 'aborted':
    case 'stuck':
      return undefined;
  }
}
