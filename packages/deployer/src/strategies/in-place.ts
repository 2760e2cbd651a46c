import type { Course, CutOver, Greens, Pass, Slots } from '../course.ts';
import { courseOf } from '../strategy.ts';
import type { DeployCommand, DeployStrategy, Route, Standing, Step } from '../strategy.ts';
import type { Committed, InPlaceState, Preparing, Undoing, Working } from './in-place-state.ts';

/*
 *  the old code serves     publishing ─► spawning ─► activating ─► routing ─► linking ─► upgrading ─────────┐
 *                               └────────────┴───── failed ───────────┴──────────┴──── nobody upgraded      │ upgraded
 *                                                      ▼                                                    │
 *                                     aborted ◄── discarding                                                ▼
 *  the new code serves                                          done ◄──────────────────────────────── proving
 *                                                                                                           │ problems,
 *  the way back            done ◄── proving ◄── removing ◄── upgrading of the reverse course ◄──────────────┘ some upgraded
 *                          failed on the way back ─► stuck ─resumed─► again
 *                          no way back ─► freezing ─► stuck ─resumed─► unfreezing ─► proving
 *  abort-requested         publishing … linking ─► discarding   proving ─► the way back
 */

type Next = Step<InPlaceState>;

/**
 * Replaces the code of the processes that serve, each at a message boundary of its own and none with a new id: nobody
 * is held up by a change of code alone, and for as long as a migration's last pages take by a change of layout. Roles
 * change one after the other, receivers first: releases whose roles don't understand each other go blue-green.
 */
export function inPlace(): DeployStrategy<InPlaceState> {
  return {
    name: 'in-place',
    command: commandOf,
    standing: standingOf,

    start: (route: Route) => enter({ phase: 'publishing', course: courseOf(route), back: route.reverse }),
    turnBack: ({ course, cut }, reverse, reason) => turnBack({ phase: 'proving', course, cut, back: reverse }, course, cut, reason),

    next(state, event) {
      if (event.on === 'abort-requested') return abort(state, event.reason);
      switch (state.phase) {
        case 'publishing':
          if (event.on === 'failed') return discard(state, event.reason);
          return event.on === 'published' ? enter({ ...state, phase: 'spawning', course: { ...state.course, modules: event.modules, greens: event.greens, ...(event.observed && { observed: event.observed }) } }) : ignore(state);

        case 'spawning':
          if (event.on === 'failed') return discard(state, event.reason);
          return event.on === 'spawned' ? enter({ ...state, phase: 'activating' }) : ignore(state);

        case 'activating':
          if (event.on === 'failed') return discard(state, event.reason);
          return event.on === 'activated' ? enter({ ...state, phase: 'routing', activations: event.activations }) : ignore(state);

        case 'routing':
          if (event.on === 'failed') return discard(state, event.reason);
          return event.on === 'routed' ? enter({ ...state, phase: 'linking' }) : ignore(state);

        case 'linking':
          if (event.on === 'failed') return discard(state, event.reason);
          return event.on === 'linked' ? enter({ ...state, phase: 'upgrading' }) : ignore(state);

        case 'upgrading': {
          if (event.on === 'failed') return stop(state, event.reason);
          if (event.on === 'upgrade-refused') return refused(state, event.upgraded, event.reason);
          if (event.on !== 'upgraded') return ignore(state);
          const { passages, baselines } = event;
          const cut = { fences: {}, roots: {}, activations: state.activations, passages, baselines };
          return enter({ ...at(state), phase: state.course.direction === 'reverse' ? 'removing' : 'proving', cut });
        }

        case 'removing':
          if (event.on === 'failed') return stop(state, event.reason);
          return event.on === 'discarded' ? enter({ ...state, phase: 'proving' }) : ignore(state);

        case 'proving':
          if (event.on === 'failed') return turnBack(state, state.course, state.cut, event.reason);
          if (event.on !== 'proved') return ignore(state);
          return event.problems.length === 0
            ? { state: { ...state, phase: 'done' } }
            : turnBack(state, state.course, state.cut, event.problems.join('; '));

        case 'freezing':
          if (event.on === 'frozen') return stop({ ...at(state), phase: 'unfreezing', cut: state.cut }, `${state.reason}; players' messages are held until somebody decides`);
          return event.on === 'failed' ? stop(state, `${state.reason}; not even frozen: ${event.reason}`) : ignore(state);

        case 'unfreezing':
          if (event.on === 'failed') return stop(state, event.reason);
          if (event.on !== 'unfrozen') return ignore(state);
          return state.accepted ? { state: { ...state, phase: 'done' } } : enter({ ...state, phase: 'proving' });

        case 'discarding':
          if (event.on === 'discarded') return aborted(state);
          return event.on === 'failed' ? aborted(state, event.reason) : ignore(state);

        case 'stuck':
          if (event.on === 'accepted' && state.at.phase === 'unfreezing') return enter({ ...state.at, accepted: true });
          if (event.on === 'accepted' && state.at.phase === 'proving') return { state: { ...state.at, phase: 'done' } };
          return event.on === 'resumed' ? enter(state.at) : ignore(state);

        case 'done':
        case 'aborted':
          return ignore(state);
      }
    },
  };
}

function commandOf(state: InPlaceState): DeployCommand | undefined {
  switch (state.phase) {
    case 'publishing': return { do: 'publish', course: state.course };
    case 'spawning': return { do: 'spawn', course: state.course };
    case 'activating': return { do: 'activate', course: state.course };
    case 'routing': return { do: 'route', course: state.course };
    case 'linking': return { do: 'link', course: state.course };
    case 'upgrading': return { do: 'upgrade', course: state.course, activations: state.activations };
    case 'removing': return { do: 'discard', course: { ...state.course, greens: state.course.removals ?? {} } };
    case 'proving': return { do: 'prove', course: state.course, ...(state.cut.baselines && { baselines: state.cut.baselines }) };
    case 'freezing': return { do: 'freeze', course: state.course };
    case 'unfreezing': return { do: 'unfreeze', course: state.course };
    case 'discarding': return { do: 'discard', course: { ...state.course, greens: createdBy(state.course) } };
    case 'done':
    case 'aborted':
    case 'stuck':
      return undefined;
  }
}

/** The machine's state in the words of every strategy. */
function standingOf(state: InPlaceState): Standing {
  if (state.phase === 'stuck') return { passes: passesOf(state.at), end: { outcome: 'stuck', reason: state.reason } };
  const passes = passesOf(state);
  const { direction, because } = state.course;
  switch (state.phase) {
    case 'done':
      return { passes, end: direction === 'forward' ? { outcome: 'complete' } : { outcome: 'rolled-back', ...(because === undefined ? {} : { reason: because }) } };
    case 'aborted':
      return { passes, end: { outcome: 'aborted', reason: state.leaked === undefined ? state.reason : `${state.reason}; new processes could not be retired: ${state.leaked}` } };
    default:
      return { passes };
  }
}

function passesOf(state: Exclude<InPlaceState, { phase: 'stuck' }>): Pass[] {
  const { course, before } = state;
  const pass: Pass = 'cut' in state ? { course, serving: 'green', cut: state.cut } : { course, serving: 'blue' };
  return before === undefined ? [pass] : [{ ...before, serving: 'green' }, pass];
}

const enter = (state: Working): Next => {
  const command = commandOf(state);
  return command === undefined ? { state } : { state, command };
};
// After a crash an event can arrive twice. A state that does not expect it stays as it is.
const ignore = (state: InPlaceState): Next => ({ state });
const stop = (state: Working, reason: string): Next => ({ state: { phase: 'stuck', at: state, reason } });
const discard = (state: Working, reason: string): Next => enter({ ...at(state), phase: 'discarding', reason });
const aborted = (state: Undoing, leaked?: string): Next =>
  ({ state: { ...at(state), phase: 'aborted', reason: state.reason, ...(leaked === undefined ? {} : { leaked }) } });

const at = ({ course, back, before }: Working) => ({ course, back, ...(before === undefined ? {} : { before }) });

const createdBy = ({ changes, greens }: Course): Greens =>
  Object.fromEntries(changes.filter(({ kind }) => kind === 'create').flatMap(({ instance }) => (greens[instance] === undefined ? [] : [[instance, greens[instance]]])));

/** The old code goes on where it was refused; where it was not, it comes back. */
function refused(state: Extract<Preparing, { activations: Slots }>, upgraded: readonly string[], reason: string): Next {
  const { course, activations } = state;
  if (course.direction === 'reverse') return stop(state, `the way back was refused: ${reason}`);
  if (upgraded.length === 0) return discard(state, reason);
  if ('impossible' in state.back) return stop(state, `${reason}; it cannot be rolled back: ${state.back.impossible}`);
  const changes = course.changes.filter(({ kind, instance }) => kind === 'create' || upgraded.includes(instance));
  return turnBack(state, { ...course, changes }, { fences: {}, roots: {}, activations, passages: {} }, reason);
}

/** `gone`: the course as far as it was gone. */
function turnBack(state: Preparing | Committed, gone: Course, cut: CutOver, reason: string): Next {
  const { back } = state;
  if (gone.direction === 'reverse') return stop(state, `the previous release fails its tests too: ${reason}`);
  // New instances replaced nobody: there is nothing to go back to and nobody to lose.
  if (gone.changes.every(({ kind }) => kind === 'create')) return discard(state, reason);
  if ('impossible' in back) return enter({ ...at(state), phase: 'freezing', cut, reason: `${reason}; it cannot be rolled back: ${back.impossible}` });
  const upgraded = new Set(gone.changes.map(({ instance }) => instance));
  const changes = back.changes.filter(({ instance }) => upgraded.has(instance));
  const course: Course = {
    direction: 'reverse', changes, modules: {}, attempt: 1, because: reason, removals: createdBy(gone),
    ...(gone.batch === undefined ? {} : { batch: gone.batch }),
    greens: Object.fromEntries(changes.map(({ instance }) => [instance, gone.greens[instance]!])),
  };
  return enter({ phase: 'upgrading', course, back, before: { course: gone, cut }, activations: {} });
}

/** As far as it can be undone where it stands; while code is replaced it goes on to where it can. */
function abort(state: InPlaceState, reason: string): Next {
  if (state.phase === 'stuck' || state.course.direction === 'reverse') return ignore(state);
  switch (state.phase) {
    case 'publishing':
    case 'spawning':
    case 'activating':
    case 'routing':
    case 'linking':
      return discard(state, reason);
    case 'proving':
      return 'impossible' in state.back ? ignore(state) : turnBack(state, state.course, state.cut, reason);
    default:
      return ignore(state);
  }
}

export type { InPlaceState };
