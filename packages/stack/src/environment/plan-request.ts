import { assertTrusted } from '@beamline/bundler/release';
import { Fault, type Address } from '@beamline/core';
import { planDeployment, planRollback, wayBackTo, type DeploymentPlan, type EnvironmentState, type PlanRequest, type RolloutOptions } from '@beamline/deployer';
import type { ReleaseShelf } from '../release-shelf.ts';
import { clientsOf, spokenBy } from './clients-of.ts';

export interface PlanContext {
  releases: ReleaseShelf;
  /** Addresses that a release must be signed by one of. */
  signers?: readonly Address[] | undefined;
  /** Of the config, where the request names none. */
  strategy: string;
  rollout?: RolloutOptions | undefined;
}

/**
 * Plans what was asked for, as of a moment. Reads releases and nothing else: the same state, releases and config give the
 * same plan, so that a saved one can be held against it.
 * @throws Fault `stack/nothing-before`, `bundler/missing-release`, `bundler/untrusted-release`, those of `planDeployment`
 */
export async function planRequest(context: PlanContext, state: EnvironmentState, request: PlanRequest, at: number): Promise<DeploymentPlan> {
  const { releases, signers } = context;
  const strategy = request.strategy ?? context.strategy;
  const going = context.rollout === undefined ? {} : { rollout: context.rollout };
  if (request.way === 'deploy') {
    const release = await releases.read(request.release);
    assertTrusted(release, signers);
    return planDeployment({ state, release, at, clients: await clientsOf(state, releases), spoken: await spokenBy(state, releases), strategy, ...going });
  }
  const { release } = state;
  const to = request.to ?? state.previousRelease;
  if (release === undefined || to === undefined) {
    throw new Fault('stack/nothing-before', `${state.environment} has run one release only: there is none to go back to`, { hint: 'beamline status shows what runs.' });
  }
  const [current, previous] = [await releases.read(release), await releases.read(to)];
  assertTrusted(previous, signers);
  const between = await Promise.all((wayBackTo(state, to) ?? []).slice(0, -1).map((id) => releases.read(id)));
  return planRollback({
    state, current, between, previous, at, clients: await clientsOf(state, releases), spoken: await spokenBy(state, releases), strategy, ...going, ...(request.codeOnly ? { codeOnly: true } : {}),
  });
}
