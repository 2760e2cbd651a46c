import { describeError, isFault, type Clock } from '@beamline/core';
import type { DeploymentPlan, DeploymentReport, EnvironmentState } from '@beamline/deployer';
import type { ProbationConfig } from '../config.ts';
import { durationMs } from '../duration.ts';
import type { Timeline } from '../timeline/timeline.ts';

export interface ProbationOptions {
  config: ProbationConfig;
  clock: Clock;
  events: Pick<Timeline, 'publish'>;
  state(): Promise<EnvironmentState>;
  /** What is wrong with the release that a deployment brought. */
  lookAfter(deployment: string, signal?: AbortSignal): Promise<readonly string[]>;
  planRollback(signal?: AbortSignal): Promise<DeploymentPlan>;
  deploy(plan: DeploymentPlan, signal?: AbortSignal): Promise<DeploymentReport>;
}

/**
 * Looks at the newest release again and again, from the end of its deployment on. The first problem ends its probation: it
 * is told, and the release is taken back where the config says so and a way back exists.
 * @returns one look; safe to call as often as one likes, it keeps the pace by itself
 */
export function createProbation({ config, clock, events, state, lookAfter, planRollback, deploy }: ProbationOptions): (signal?: AbortSignal) => Promise<void> {
  const [forMs, everyMs] = [durationMs(config.for), durationMs(config.every ?? '30s')];
  const failed = new Set<string>();
  let next = 0;

  return async (signal) => {
    if (clock.now() < next) return;
    next = clock.now() + everyMs;
    const { history, running } = await state();
    const [before, last] = [history.at(-2), history.at(-1)];
    if (running !== undefined || last?.outcome !== 'complete' || clock.now() > last.endedAt + forMs || failed.has(last.id)) return;
    const problems = await lookAfter(last.id, signal);
    if (problems.length === 0) return;
    failed.add(last.id);
    events.publish({ kind: 'note', level: 'error', text: `Release ${last.to.slice(0, 8)} fails on probation: ${problems.join('; ')}` });
    // Back and forth between two releases helps nobody.
    const cameBack = before !== undefined && before.from === last.to && before.to === last.from;
    if (config.rollBack !== true || last.from === undefined || cameBack) return;
    try {
      await deploy(await planRollback(signal), signal);
    } catch (error) {
      events.publish({ kind: 'note', level: 'error', text: `It was not rolled back: ${isFault(error) ? `${error.code}: ${error.message}` : describeError(error)}` });
    }
  };
}
