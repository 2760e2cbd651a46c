import type { ProcessId } from '@beamline/core';
import { differing } from '../course.ts';
import type { CutOver, Passages } from '../course.ts';
import { courseOf } from '../strategy.ts';
import type { DeployEvent, DeployStrategy, Route, Step } from '../strategy.ts';
import { commandOf } from './blue-green-command.ts';
import type { BlueGreenState, Committed, Fenced, Preparing, Undoing, Working } from './blue-green-state.ts';
import { standingOf } from './blue-green-standing.ts';
import { reclaimingCourse, reverseCourse } from './reverse-course.ts';

/*
 *  blue serves             publishing ─► spawning ─► introducing ─► restoring ─► catching-up ⟲ ─► checking ─► fencing
 *  nothing to undo              └────────────┴────────────┴────────────┴────failed─────┴─────────────┘           │
 *                                                         ▼                                           failed │   │ fenced
 *                              aborted ◄── discarding ◄───┴─────── thawing ◄─────────────────────────────────┤   ▼
 *  blue frozen                                                        ▲ failed, states differ                └─ transferring
 *  all can be undone                                                  └─────── failed ─── activating ◄─── states equal ┘
 *                                                                                              │ activated
 *  green serves            retiring ◄── proving ◄── reconciling ◄── linking ◄── routing ◄── handing-over
 *  only forward                │            └─problems─► publishing of the reverse course (once), or stuck
 *                              ▼
 *                             done          failed while green serves, or while thawing ─► stuck ─resumed─► again
 *                                           problems, and no way back: freezing ─► stuck ─resumed─► unfreezing ─► proving
 *                                           a green computes nothing any more: reclaiming ─► routing ─► linking ─► collecting ─► proving ─► done
 *  abort-requested         publishing … checking ─► discarding   fencing, transferring ─► thawing   proving ─► the way back
 */
export interface BlueGreenOptions {
  /** Stop catching up once a round needed at most this many pages. @default 4 */
  smallDelta?: number;
  /** Stop catching up after this many rounds, small or not. @default 3 */
  rounds?: number;
}

type Next = Step<BlueGreenState>;

/** Builds new processes beside the old ones and moves players over at a fence, without losing or repeating a message. */
export function blueGreen({ smallDelta = 4, rounds = 3 }: BlueGreenOptions = {}): DeployStrategy<BlueGreenState> {
  return {
    name: 'blue-green',
    command: commandOf,
    standing: standingOf,

    start: (route: Route) => enter({ phase: 'publishing', course: courseOf(route), back: route.reverse }),
    turnBack: ({ course, cut }, reverse, reason) => turnBack({ phase: 'proving', course, cut, back: reverse }, reason),

    next(state, event) {
      if (event.on === 'abort-requested') return abort(state, event.reason);
      switch (state.phase) {
        case 'publishing':
          if (event.on === 'published') {
            return enter({ ...state, phase: 'spawning', course: { ...state.course, modules: event.modules, greens: event.greens, ...(event.observed && { observed: event.observed }) } });
          }
          return event.on === 'failed' ? discard(state, event.reason, event.silent) : ignore(state);

        case 'spawning':
          if (event.on === 'spawned') return enter({ ...state, phase: 'introducing' });
          return event.on === 'failed' ? discard(state, event.reason, event.silent) : ignore(state);

        case 'introducing':
          if (event.on === 'introduced') return enter({ ...state, phase: 'restoring' });
          return event.on === 'failed' ? discard(state, event.reason, event.silent) : ignore(state);

        case 'restoring':
          if (event.on === 'restored') return enter({ ...state, phase: 'catching-up', round: 1 });
          return event.on === 'failed' ? discard(state, event.reason, event.silent) : ignore(state);

        case 'catching-up':
          if (event.on === 'failed') return discard(state, event.reason, event.silent);
          if (event.on !== 'caught-up') return ignore(state);
          if (event.pages > smallDelta && state.round < rounds) return enter({ ...state, round: state.round + 1 });
          return enter({ ...at(state), phase: 'checking' });

        case 'checking':
          if (event.on === 'failed') return discard(state, event.reason, event.silent);
          if (event.on !== 'checked') return ignore(state);
          return event.problems.length === 0
            ? enter({ ...state, phase: 'fencing', course: { ...state.course, ...(event.before && { before: event.before }) } })
            : discard(state, event.problems.join('; '));

        case 'fencing':
          if (event.on === 'fenced') return enter({ ...at(state), phase: 'transferring', fences: event.fences });
          return event.on === 'failed' ? thaw(state, event.reason, event.silent) : ignore(state);

        case 'transferring': {
          if (event.on === 'failed') return thaw(state, event.reason, event.silent);
          if (event.on !== 'transferred') return ignore(state);
          const different = differing(event.digests);
          return different.length === 0
            ? enter({ ...state, phase: 'activating' })
            : thaw(state, `blue and green differ at the fence: ${different.join(', ')}`);
        }

        case 'activating':
          if (event.on === 'activated') {
            const cut = { fences: state.fences, activations: event.activations, roots: {}, passages: {} };
            return enter({ ...at(state), phase: 'handing-over', cut });
          }
          return event.on === 'failed' ? thaw(state, event.reason, event.silent) : ignore(state);

        case 'handing-over': {
          if (event.on === 'failed') return reclaimOr(stop, state, event);
          if (event.on !== 'handed-over') return ignore(state);
          const { passages, roots } = event;
          const next: Committed = { ...state, phase: 'routing', cut: { ...state.cut, passages, roots } };
          const different = differing(roots);
          // Digests were equal: one of the two computations is wrong, and no machine can say which.
          return different.length === 0 ? enter(next) : stop(next, `roots differ after the cut-over: ${different.join(', ')}`);
        }

        case 'routing':
          if (event.on === 'routed') return enter({ ...state, phase: 'linking' });
          return event.on === 'failed' ? reclaimOr(stop, state, event) : ignore(state);

        case 'linking':
          if (event.on === 'linked') return enter(state.course.reclaims && state.before ? { ...state, before: state.before, phase: 'collecting' } : { ...state, phase: 'reconciling' });
          return event.on === 'failed' ? reclaimOr(stop, state, event) : ignore(state);

        case 'reconciling':
          if (event.on === 'reconciled') return enter(measured({ ...state, phase: 'proving' }, event.passages));
          return event.on === 'failed' ? reclaimOr(stop, state, event) : ignore(state);

        case 'proving':
          if (event.on === 'failed') return reclaimOr(turnBack, state, event);
          if (event.on !== 'proved') return ignore(state);
          if (event.problems.length > 0) return reclaimOr(turnBack, state, { ...event, reason: event.problems.join('; ') });
          // Silent processes are not retired: they would not hear it.
          return state.course.reclaims ? end({ ...state, phase: 'done', forwarders: state.course.forwarders ?? {} }) : enter({ ...state, phase: 'retiring' });

        case 'reclaiming':
          if (event.on === 'reclaimed') return enter({ ...state, phase: 'routing', cut: { fences: {}, activations: {}, roots: {}, passages: event.passages } });
          return event.on === 'failed' ? stop(state, event.reason) : ignore(state);

        case 'collecting':
          if (event.on === 'reclaimed') return enter({ ...state, phase: 'proving', course: { ...state.course, forwarders: event.forwarders } });
          return event.on === 'failed' ? stop(state, event.reason) : ignore(state);

        case 'freezing':
          if (event.on === 'frozen') return stop({ ...at(state), phase: 'unfreezing', cut: state.cut }, `${state.reason}; players' messages are held until somebody decides`);
          return event.on === 'failed' ? stop(state, `${state.reason}; not even frozen: ${event.reason}`) : ignore(state);

        case 'unfreezing':
          if (event.on === 'unfrozen') return enter({ ...state, phase: state.accepted ? 'retiring' : 'proving' });
          return event.on === 'failed' ? stop(state, event.reason) : ignore(state);

        case 'retiring':
          if (event.on === 'retired') {
            const { cut } = measured(state, event.passages);
            return end({ ...at(state), phase: 'done', cut, forwarders: event.forwarders });
          }
          return event.on === 'failed' ? stop(state, event.reason) : ignore(state);

        case 'thawing':
          if (event.on === 'thawed') return enter({ ...state, phase: 'discarding' });
          return event.on === 'failed' ? stop(state, event.reason) : ignore(state);

        case 'discarding':
          if (event.on === 'discarded') return undone(state);
          return event.on === 'failed' ? undone(state, event.reason) : ignore(state);

        case 'stuck':
          if (event.on === 'accepted' && state.at.phase === 'unfreezing') return enter({ ...state.at, accepted: true });
          if (event.on === 'accepted' && state.at.phase === 'proving') return enter({ ...state.at, phase: 'retiring' });
          return event.on === 'resumed' ? enter(state.at) : ignore(state);

        case 'done':
        case 'aborted':
          return ignore(state);
      }
    },
  };
}

const enter = (state: Working): Next => {
  const command = commandOf(state);
  return command === undefined ? { state } : { state, command };
};
const end = (state: BlueGreenState): Next => ({ state });
// After a crash an event can arrive twice. A state that does not expect it stays as it is.
const ignore = end;

const at = ({ course, back, before }: Working) => ({ course, back, ...(before === undefined ? {} : { before }) });

const discard = (state: Preparing | Committed, reason: string, silent: readonly ProcessId[] = []): Next =>
  enter({ ...at(state), phase: 'discarding', reason, ...(silent.length === 0 ? {} : { silent }) });
// A failed fence may still have frozen some blues, a failed activation some greens: both are looked at again.
const thaw = (state: Preparing | Fenced, reason: string, silent: readonly ProcessId[] = []): Next =>
  enter({ ...at(state), phase: 'thawing', reason, ...(silent.length === 0 ? {} : { silent }) });
const stop = (state: Working, reason: string): Next => end({ phase: 'stuck', at: state, reason });

const measured = (state: Committed, passages: Passages): Committed => {
  const cut: CutOver = { ...state.cut, passages };
  return { ...state, cut };
};

function turnBack(state: Committed, reason: string): Next {
  const { course, back, cut } = state;
  if (course.direction === 'reverse') return stop(state, `the previous release fails its tests too: ${reason}`);
  // A first deployment replaced nobody: there is nothing to go back to and nobody to lose.
  if (course.changes.every((change) => change.kind === 'create')) return discard(state, reason);
  if ('impossible' in back) return enter({ ...at(state), phase: 'freezing', cut, reason: `${reason}; it cannot be rolled back: ${back.impossible}` });
  return enter({
    phase: 'publishing', course: reverseCourse(course, back.changes, reason, 1), back, before: { course, cut },
  });
}

/** As far as it can be undone where it stands; in the middle of a cut-over it goes on to where it can. */
function abort(state: BlueGreenState, reason: string): Next {
  switch (state.phase) {
    case 'publishing':
    case 'spawning':
    case 'introducing':
    case 'restoring':
    case 'catching-up':
    case 'checking':
      return state.course.direction === 'forward' ? discard(state, reason) : ignore(state);
    case 'fencing':
    case 'transferring':
      return state.course.direction === 'forward' ? thaw(state, reason) : ignore(state);
    case 'proving':
      return state.course.direction === 'forward' && !('impossible' in state.back) ? turnBack(state, reason) : ignore(state);
    default:
      return ignore(state);
  }
}

/** Where a process that was moved to computes nothing any more, there is one way back, and only before another was taken. */
function reclaimOr(otherwise: (state: Committed, reason: string) => Next, state: Committed, { reason, silent = [] }: { reason: string; silent?: readonly string[] }): Next {
  const { course, back, cut } = state;
  const ours = Object.values(course.greens).some((green) => silent.includes(green));
  if (!ours || course.direction === 'reverse' || 'impossible' in back) return otherwise(state, reason);
  return enter({ phase: 'reclaiming', course: reclaimingCourse(course, back.changes, reason), back, before: { course, cut } });
}

function undone(state: Undoing, leaked?: string): Next {
  const { course, back, before, reason, silent = [] } = state;
  if (before === undefined || 'impossible' in back) {
    return end({ ...at(state), phase: 'aborted', reason, ...(leaked === undefined ? {} : { leaked }) });
  }
  if (Object.values(before.course.greens).some((green) => silent.includes(green))) {
    return enter({ phase: 'reclaiming', course: reclaimingCourse(before.course, back.changes, course.because ?? reason), back, before });
  }
  // The new release serves although it failed its tests. Trying again needs processes that are not retired yet.
  const again = reverseCourse(before.course, back.changes, course.because ?? reason, course.attempt + 1);
  return stop({ phase: 'publishing', course: again, back, before }, `the way back failed: ${reason}`);
}

export type { BlueGreenState, DeployEvent };
