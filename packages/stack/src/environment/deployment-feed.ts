import { describeError, isFault } from '@beamline/core';
import { stateMachineOf } from '@beamline/deployer';
import type { DeploymentPlan, DeploymentReport, TimelineEvent as DeployerEvent } from '@beamline/deployer';
import type { Happening } from '../timeline/timeline.ts';

/** Tells the environment's timeline, and whoever else listens, what a runner does. */
export interface DeploymentFeed {
  began(plan: DeploymentPlan): void;
  /** Give this to the runner. */
  step(event: DeployerEvent): void;
  ended(plan: Pick<DeploymentPlan, 'toVersion'>, report: DeploymentReport): void;
  /** The runner threw: nothing was done, or the deployment waits to be resumed. */
  failed(deployment: string, error: unknown): void;
}

export function createDeploymentFeed(events: { publish(happening: Happening): unknown }): DeploymentFeed {
  return {
    began({ id, from = '', to, toVersion, strategy, rollout }) {
      const way = stateMachineOf(strategy, rollout?.by)?.way;
      events.publish({
        kind: 'deployment', deployment: id, state: 'running', from, to, version: toVersion, strategy,
        ...(way && { way }), ...(rollout && { batches: rollout.batches.length }),
      });
    },

    step({ deployment, step, direction, batch, instance, state, ms, detail }) {
      events.publish({
        kind: 'step', deployment, step,
        // The runner tells of the step as a whole; what it says about one instance is progress.
        state: instance === undefined || state === 'failed' ? state : 'progress',
        ...(instance === undefined ? {} : { instance }),
        ...(direction === 'reverse' ? { reverse: true } : {}),
        ...(batch === undefined ? {} : { batch }),
        ...(ms === undefined ? {} : { ms }),
        ...(detail === undefined ? {} : { detail }),
      });
    },

    ended({ toVersion }, report) {
      const { id, from = '', to, strategy, outcome, reason, startedAt, endedAt } = report;
      for (const [instance, { fence, writePauseMs, heldMessages }] of pausesOf(report)) {
        if (fence !== undefined) events.publish({ kind: 'write-pause', deployment: id, instance, ms: writePauseMs, held: heldMessages });
      }
      events.publish({
        kind: 'deployment', deployment: id, state: outcome, from, to, version: toVersion, strategy, ms: endedAt - startedAt,
        ...(reason === undefined ? {} : { detail: reason }),
      });
    },

    failed(deployment, error) {
      const told = isFault(error) ? `${error.code}: ${error.message}` : describeError(error);
      events.publish({ kind: 'note', level: 'error', text: `Deployment ${deployment}: ${told}` });
    },
  };
}

const pausesOf = ({ instances, reverse = {} }: DeploymentReport): [string, DeploymentReport['instances'][string]][] =>
  [...Object.entries(instances), ...Object.entries(reverse)];
