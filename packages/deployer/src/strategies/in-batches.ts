import { Fault } from '@beamline/core';
import type { Pass } from '../course.ts';
import type { DeployCommand, DeployStrategy, Route, Standing, Step } from '../strategy.ts';
import { blueGreen } from './blue-green.ts';
import type { InBatchesState } from './in-batches-state.ts';
import { inPlace } from './in-place.ts';

/*
 *  moving: the machine of rollout.by, with one batch ──complete──► gating ──gated, all well──► moving the next
 *     │                                                │  ▲ │
 *     │ aborted or rolled back by its own machine      │  │ └─others unwell─► stuck ─resumed─┐
 *     ▼                                   problems, abort └────────────────────────────────┘
 *  returning: the batches moved before, the last first, each by its machine's way back ─► rolled-back
 *     last batch complete ─► done     the first one undone ─► aborted
 *     the others cannot go back ─► stuck ─resumed─► the batch that failed again
 */

type Inner = { phase: string };
type State = InBatchesState<Inner>;
type Next = Step<State>;

/** Shard by shard: a few at a time, the next ones once these have proved themselves. */
export const rolling = (machines?: readonly DeployStrategy[]): DeployStrategy<State> => inBatches('rolling', machines);

/** A few first, watched for longer; everybody else once these have proved themselves. */
export const canary = (machines?: readonly DeployStrategy[]): DeployStrategy<State> => inBatches('canary', machines);

/** @param machines those that move a batch; a plan's rollout names one. @default [blueGreen(), inPlace()] */
export function inBatches(name: string, machines: readonly DeployStrategy[] = [blueGreen(), inPlace()] as readonly DeployStrategy[]): DeployStrategy<State> {
  const machineOf = ({ rollout }: Pick<State, 'rollout'>): DeployStrategy => {
    const machine = machines.find((each) => each.name === rollout.by);
    if (machine?.turnBack !== undefined) return machine;
    throw new Fault('deployer/bad-plan', `the plan moves its batches ${rollout.by}, the runner knows ${machines.map((each) => each.name).join(', ')}`, {
      hint: 'Make a new plan with one of these.',
    });
  };

  const next = (state: State): Next => {
    const command = commandOf(state);
    return command === undefined ? { state } : { state, command };
  };

  function commandOf(state: State): DeployCommand | undefined {
    switch (state.stage) {
      case 'moving':
      case 'returning':
        return machineOf(state).command(state.inner);
      case 'gating': {
        const { moved, rollout, batch } = state;
        const approvals = rollout.batches.slice(0, batch).filter(({ approve }) => approve).length;
        return { do: 'gate', course: moved.at(-1)!.course, passes: moved, maxUnavailable: rollout.maxUnavailable, approvals };
      }
      case 'stuck':
      case 'ended':
        return undefined;
    }
  }

  function begin(state: State, batch: number, attempt = 1): Next {
    const { changes, back, rollout } = state;
    const { instances, bakeMs } = rollout.batches[batch]!;
    const ours = <T extends { instance: string }>(all: readonly T[]): T[] => all.filter(({ instance }) => instances.includes(instance));
    const reverse = 'impossible' in back ? back : { changes: ours(back.changes) };
    const { state: inner } = machineOf(state).start({ changes: ours(changes), reverse, batch: batch + 1, attempt, ...(bakeMs === undefined ? {} : { bakeMs }) });
    return next({ ...on(state), stage: 'moving', phase: inner.phase, batch, attempt, inner });
  }

  /** Where the machine of a batch has come to its end. */
  function settle(state: Extract<State, { stage: 'moving' | 'returning' }>, inner: Inner): Next {
    const { passes, end } = machineOf(state).standing(inner);
    const going: State = { ...state, phase: inner.phase, inner };
    if (end === undefined || end.outcome === 'stuck') return next(going);
    if (state.stage === 'returning') {
      return turnBack({ ...state, moved: state.moved.slice(0, -1), returned: [...state.returned, ...passes] }, state.reason);
    }
    const { batch, attempt } = state;
    if (end.outcome === 'complete') {
      const after = { ...on(state), moved: [...state.moved, ...passes] };
      return batch + 1 === state.rollout.batches.length ? { state: { ...after, stage: 'ended', phase: 'done' } } : next({ ...after, stage: 'gating', phase: 'gating', batch: batch + 1 });
    }
    const reason = `batch ${batch + 1} of ${state.rollout.batches.length} (${passes[0]!.course.changes.map(({ instance }) => instance).join(', ')}): ${end.reason ?? 'it failed'}`;
    const undone = { ...state, returned: [...state.returned, ...passes] };
    if (state.moved.length > 0 && 'impossible' in state.back) return stop(undone, batch, `${reason}; the batches before cannot be rolled back: ${state.back.impossible}`, attempt + 1);
    return turnBack(undone, reason);
  }

  function turnBack(state: State, reason: string): Next {
    const { moved, returned, back } = state;
    const last = moved.at(-1);
    if (last === undefined) {
      const touched = returned.some(({ course }) => course.direction === 'reverse');
      return { state: { ...on(state), stage: 'ended', phase: touched ? 'rolled-back' : 'aborted', reason } };
    }
    const instances = new Set(last.course.changes.map(({ instance }) => instance));
    const reverse = 'impossible' in back ? back : { changes: back.changes.filter(({ instance }) => instances.has(instance)) };
    const { state: inner } = machineOf(state).turnBack!({ course: last.course, cut: last.cut! }, reverse, reason);
    return next({ ...on(state), stage: 'returning', phase: inner.phase, inner, reason });
  }

  return {
    name,
    command: commandOf,

    start({ changes, reverse, rollout }: Route) {
      if (rollout === undefined) {
        throw new Fault('deployer/bad-plan', `the plan names no batches, which ${name} goes by`, { hint: 'Make a new plan with this version of Beamline.' });
      }
      return begin({ changes, back: reverse, rollout, moved: [], returned: [], stage: 'ended', phase: 'done' }, 0);
    },

    next(state, event) {
      switch (state.stage) {
        case 'moving':
        case 'returning': {
          const { state: inner } = machineOf(state).next(state.inner, event);
          return inner === state.inner ? { state } : settle(state, inner);
        }

        case 'gating': {
          const { batch } = state;
          if (event.on === 'abort-requested') return giveUp(state, event.reason);
          if (event.on === 'failed') return stop(state, batch, event.reason);
          if (event.on !== 'gated') return { state };
          if (event.problems.length > 0) return giveUp(state, `before batch ${batch + 1} of ${state.rollout.batches.length}: ${event.problems.join('; ')}`);
          return event.unwell.length > 0 ? stop(state, batch, `batch ${batch + 1} waits until others are well: ${event.unwell.join('; ')}`) : begin(state, batch);
        }

        case 'stuck': {
          const { batch, attempt } = state;
          if (event.on === 'abort-requested' && !('impossible' in state.back)) return turnBack(state, event.reason);
          if (event.on !== 'resumed') return { state };
          return attempt === undefined ? next({ ...on(state), stage: 'gating', phase: 'gating', batch }) : begin(state, batch, attempt);
        }

        case 'ended':
          return { state };
      }

      function giveUp(from: Extract<State, { stage: 'gating' }>, reason: string): Next {
        return 'impossible' in from.back ? stop(from, from.batch, `${reason}; it cannot be rolled back: ${from.back.impossible}`) : turnBack(from, reason);
      }
    },

    standing(state): Standing {
      const { moved, returned } = state;
      switch (state.stage) {
        case 'moving': {
          const { passes, end } = machineOf(state).standing(state.inner);
          return { passes: [...moved, ...returned, ...passes], ...(end?.outcome === 'stuck' ? { end } : {}) };
        }
        case 'returning': {
          // The first of its passes is the last that was moved.
          const { passes, end } = machineOf(state).standing(state.inner);
          return { passes: [...moved.slice(0, -1), ...returned, ...passes], ...(end?.outcome === 'stuck' ? { end } : {}) };
        }
        case 'gating':
          return { passes: [...moved, ...returned] };
        case 'stuck':
          return { passes: [...moved, ...returned], end: { outcome: 'stuck', reason: state.reason } };
        case 'ended':
          return { passes: [...moved, ...returned], end: state.phase === 'done' ? { outcome: 'complete' } : { outcome: state.phase, reason: state.reason } };
      }
    },
  };
}

const on = ({ changes, back, rollout, moved, returned }: State) => ({ changes, back, rollout, moved, returned });

const stop = (state: State, batch: number, reason: string, attempt?: number): Next =>
  ({ state: { ...on(state), stage: 'stuck', phase: 'stuck', reason, batch, ...(attempt === undefined ? {} : { attempt }) } });

export type { InBatchesState, Pass };
