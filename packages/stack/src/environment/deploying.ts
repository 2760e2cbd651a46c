import { describeError, Fault, type Logger } from '@beamline/core';
import {
  createRunner, lookAfter, type DeploymentPlan, type DeploymentReport, type EnvironmentLock, type EnvironmentStore, type RunnerOptions,
} from '@beamline/deployer';
import { createFsJournal, createFsRequests } from '@beamline/deployer/fs';
import type { Operator } from '@beamline/kernel/operator';
import type { BeamlineConfig, EnvironmentConfig } from '../config.ts';
import { createDeployments } from '../deployments/create-deployments.ts';
import type { Connection } from '../network/connect.ts';
import { createRehearsals } from '../rehearsal/rehearsals.ts';
import { readSecret } from '../secret.ts';
import type { StateFolder } from '../state-folder.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { createWebhook } from '../webhook/webhook.ts';
import { createDeploymentFeed } from './deployment-feed.ts';
import type { Environment } from './environment.ts';
import { explainDeployment } from './explain-process.ts';
import { createPlanning, type Planning, type PlanningOptions } from './planning.ts';
import { createProbation } from './probation.ts';

export interface DeployingOptions extends Pick<PlanningOptions, 'environment' | 'releases' | 'signers' | 'store' | 'clock' | 'state' | 'alone' | 'restoreTo'> {
  game: string;
  config: EnvironmentConfig;
  probes: Pick<BeamlineConfig, 'checks' | 'smoke' | 'analysis'>;
  root: string;
  /** Where `env:` references are looked up. */
  env: Readonly<Record<string, string | undefined>>;
  folder: StateFolder;
  environments: EnvironmentStore;
  lock: EnvironmentLock;
  events: Timeline;
  logger: Logger;
  /** Connects when first asked. */
  open(): Promise<{ connection: Connection; operator: Operator }>;
}

export interface Deploying extends Planning, Pick<Environment, 'ask' | 'resume' | 'deployments' | 'lookAfter'> {
  /** Waits a while for whoever is told of deployments. */
  close(): Promise<void>;
}

const WEBHOOK_WITHIN_MS = 10_000;
/** Between looks at whether somebody is on probation. */
const LOOK_EVERY_MS = 2_000;

/** Everything about moving an environment from release to release: planned, carried out, told, looked after. */
export function createDeploying(options: DeployingOptions): Deploying {
  const { environment, game, config, probes, root, env, folder, releases, environments, lock, store, events, clock, logger, state, open } = options;
  const { webhook: told } = config;
  const webhook = told && createWebhook({
    url: told.url, ...(told.secret !== undefined && { secret: () => readSecret(told.secret!, { root, env }) }),
    game, environment, clock, onLost: (reason) => void events.publish({ kind: 'note', level: 'warning', text: `Webhook: ${reason}` }),
  });
  const feed = createDeploymentFeed({
    publish(happening) {
      events.publish(happening);
      webhook?.tell(happening);
    },
  });
  const journal = createFsJournal({ root: folder.journal });
  const requests = createFsRequests({ root: folder.requests });
  const network = async () => (await open()).connection.network;

  async function running(bakeMs = config.bakeMs ?? 5_000): Promise<RunnerOptions> {
    const { connection: { network: connected, signer, operator } } = await open();
    return {
      network: connected, signer, operator, environments, journal, requests, lock, bundles: releases, clock, logger, onEvent: feed.step, bakeMs,
      ...(probes.checks && { checks: probes.checks }), ...(probes.smoke && { smoke: probes.smoke }), ...(probes.analysis && { analysis: probes.analysis }),
    };
  }

  async function report(plan: Pick<DeploymentPlan, 'id' | 'toVersion'>, run: () => Promise<DeploymentReport>): Promise<DeploymentReport> {
    try {
      const done = await run();
      const found = await explainDeployment({ network: await network(), releases }, done);
      const explained = found.length === 0 ? done : { ...done, reason: [done.reason, ...found].filter(Boolean).join('\n') };
      feed.ended(plan, explained);
      return explained;
    } catch (error) {
      feed.failed(plan.id, error);
      throw error;
    }
  }

  async function carryOut(plan: DeploymentPlan, bakeMs: number | undefined, signal?: AbortSignal): Promise<DeploymentReport> {
    const runner = createRunner(await running(bakeMs));
    feed.began(plan);
    return report(plan, () => runner.run(plan, signal));
  }

  const planning = createPlanning({
    ...options, strategy: config.strategy ?? 'blue-green', rollout: config.rollout, carryOut, network,
    rehearsals: createRehearsals({ network, store, clock, releases, state, events, config: config.rehearsal, probes: probes.smoke ?? [] }),
    operator: async () => (await open()).operator,
  });
  const deployments = createDeployments({
    environment, state, journal, requests, lock,
    async resume(id, signal) {
      const runner = createRunner(await running());
      events.publish({ kind: 'note', level: 'info', text: `Resuming deployment ${id}` });
      return report({ id, toVersion: '' }, () => runner.resume(id, signal));
    },
  });

  return {
    ...planning,
    deployments,
    resume: (signal) => deployments.resume(undefined, signal),

    async ask(ask, { by, reason }) {
      const { running: id } = await state();
      if (id === undefined) throw new Fault('stack/nothing-to-ask', `no deployment of ${environment} is under way`, { hint: 'beamline status shows what runs.' });
      await requests.post(id, { ask, by, at: clock.now(), ...(reason === undefined ? {} : { reason }) });
      return id;
    },

    async lookAfter(signal) {
      if (config.probation === undefined) return;
      const look = createProbation({
        config: config.probation, clock, events, state, lookAfter: async (deployment, stop) => lookAfter(await running(), deployment, stop),
        planRollback: (stop) => planning.planRollback({}, stop), deploy: (back, stop) => carryOut(back, undefined, stop),
      });
      while (!signal.aborted) {
        await look(signal).catch((error: unknown) => logger.warn('probation failed', { error: describeError(error) }));
        await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
      }
    },

    close: async () => webhook?.close(WEBHOOK_WITHIN_MS),
  };
}
