import type { AoNetwork, Clock } from '@beamline/core';
import type { DeploymentPlan, EnvironmentState, Probe } from '@beamline/deployer';
import { assertRehearsed, judge, rehearse, smokeOnFork, type Rehearsed, type RehearsalBundles } from '@beamline/deployer/rehearsal';
import type { SnapshotStore } from '@beamline/persistence';
import type { ReleaseShelf } from '../release-shelf.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { openFork } from './open-fork.ts';
import type { RehearsalConfig } from './rehearsal-config.ts';

export interface RehearsalChoice {
  /** Of each changed instance, its newest so many. @default the config's, or 5000 */
  messages?: number;
  /** Seed of deterministic chaos. @default the config's, or none */
  chaos?: number;
}

export interface RehearsalParts {
  network: () => Promise<Pick<AoNetwork, 'schedule'>>;
  store: SnapshotStore;
  clock: Clock;
  releases: ReleaseShelf;
  state: () => Promise<EnvironmentState>;
  events: Timeline;
  /** Of the environment; absent where deployments need no rehearsal. */
  config: RehearsalConfig | undefined;
  probes: readonly Probe[];
}

export interface Rehearsals {
  rehearse(plan: DeploymentPlan, choice?: RehearsalChoice, signal?: AbortSignal): Promise<Rehearsed>;
  /**
   * The plan, when it may be carried out: with a rehearsal that passes, one that it brings or one of now. Going back to what
   * ran here before needs none. @throws Fault `deployer/rehearsal-failed`
   */
  passed(plan: DeploymentPlan, signal?: AbortSignal): Promise<DeploymentPlan>;
}

const MESSAGES = 5_000;

export function createRehearsals({ network, store, clock, releases, state, events, config, probes }: RehearsalParts): Rehearsals {
  const bundles: RehearsalBundles = {
    lua: (release, role) => releases.lua(release, role),
    async map(release, role) {
      const { roles, files } = await releases.read(release);
      return files[roles[role]?.bundles.lua.map ?? ''];
    },
  };

  const now: Rehearsals['rehearse'] = async (plan, { messages = config?.messages ?? MESSAGES, chaos = config?.chaos } = {}, signal) => {
    const parts = { network: await network(), store, clock, bundles, state: await state(), plan };
    events.publish({ kind: 'note', level: 'info', text: `Rehearsing ${plan.toVersion}: ${messages} messages of each process${chaos === undefined ? '' : `, chaos with seed ${chaos}`}` });
    const smoke = config?.smoke !== false && probes.length > 0 && plan.changes.length > 0;
    const rehearsed = await rehearse({
      ...parts, messages, policy: config ?? {}, ...(chaos === undefined ? {} : { chaos }),
      ...(smoke ? { fork: (stop) => smokeOnFork({ ...parts, probes, open: () => openFork(clock) }, stop) } : {}),
    }, signal);
    const { outcome, instances } = rehearsed.report;
    const through = instances.map(({ instance, messages: taken }) => `${instance} ${taken}`).join(', ');
    const differing = instances.reduce((sum, { differences, more }) => sum + more + differences.filter(({ allowed }) => !allowed).length, 0);
    events.publish({
      kind: 'note', level: outcome === 'passed' ? 'info' : 'warning',
      text: `Rehearsal of ${plan.toVersion} ${outcome}: messages through both releases: ${through || 'none'}; ${differing} places differ${rehearsed.report.fork === undefined ? '' : `; smoke tests on a fork: ${rehearsed.report.fork.problems.length} problems`}`,
    });
    return rehearsed;
  };

  return {
    rehearse: now,
    async passed(plan, signal) {
      if (config === undefined || hasRun(await state(), plan.to)) return plan;
      const brought = plan.rehearsal;
      const enough = brought !== undefined && brought.plan === plan.id && brought.messages >= (config.messages ?? MESSAGES) && (config.chaos === undefined || brought.chaos === config.chaos);
      const report = enough ? judge(brought, config) : (await now(plan, {}, signal)).report;
      assertRehearsed(report);
      return { ...plan, rehearsal: report };
    },
  };
}

const hasRun = ({ history, release, previousRelease }: EnvironmentState, id: string): boolean =>
  id === release || id === previousRelease || history.some(({ to, outcome }) => to === id && outcome === 'complete');
