import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHyperbeam, ethereumSigner, loadSigner } from '@beamline/ao';
import { launchLocalNetwork } from '@beamline/ao/local';
import { systemClock as clock, type AoNetwork } from '@beamline/core';
import { createRunner, emptyState, planDeployment, planRollback, type DeploymentPlan, type DeploymentReport, type EnvironmentState, type RunnerOptions } from '@beamline/deployer';
import { createFsEnvironmentStore, createFsJournal, createFsLock } from '@beamline/deployer/fs';
import { createOperator, type Operator } from '@beamline/kernel/operator';
import type { Game } from './releases.ts';

export const ENVIRONMENT = 'bench';
/** Blues that got nothing for so long are retired. */
const QUIET_MS = 5_000;

/** The local network in a process of its own, and everything that deploys to it, in a folder of its own. */
export interface Stage {
  network: AoNetwork;
  operator: Operator;
  options: RunnerOptions;
  state(): Promise<EnvironmentState>;
  plan(game: Game, strategy?: string): Promise<DeploymentPlan>;
  /** From the release that runs back to one before it, keeping what players did. @param way the one that runs first, then those walked back over */
  planBack(way: readonly Game[], strategy: string): Promise<DeploymentPlan>;
  /** @throws when it ends in another way than `complete` */
  run(plan: DeploymentPlan, games: readonly Game[], more?: Partial<RunnerOptions>): Promise<DeploymentReport>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'beamline-bench-deploy-'));
  const local = await launchLocalNetwork({ dir: join(dir, 'network') });
  const network = createHyperbeam({ url: local.url, clock });
  const signer = ethereumSigner('11'.repeat(32));
  const environments = createFsEnvironmentStore({ root: join(dir, 'environments') });
  const options: RunnerOptions = {
    network, signer, operator: await loadSigner(`file:${join(dir, 'network', 'operator.json')}`), environments, clock, quietMs: QUIET_MS,
    journal: createFsJournal({ root: join(dir, 'journals') }), lock: createFsLock({ root: join(dir, 'environments') }),
    bundles: { lua: () => Promise.reject(new Error('no bundles were named')) },
  };
  const state = async () => (await environments.read(ENVIRONMENT)) ?? emptyState(ENVIRONMENT, 'arena');

  return {
    network, options, state,
    operator: createOperator({ network, signer, clock, environment: ENVIRONMENT }),
    plan: async ({ release }, strategy = 'blue-green') => planDeployment({ state: await state(), release, strategy, at: clock.now() }),
    async planBack(way, strategy) {
      const [current, ...walked] = way.map(({ release }) => release);
      const previous = walked.pop()!;
      return planRollback({ state: await state(), current: current!, between: walked, previous, strategy, at: clock.now() });
    },
    async run(plan, games, more = {}) {
      const bundles = { lua: async (id: string, role: string) => games.find(({ release }) => release.id === id)!.lua[role]! };
      const report = await createRunner({ ...options, bundles, ...more }).run(plan);
      if (report.outcome !== 'complete') throw new Error(`${plan.strategy} to ${plan.toVersion} ended ${report.outcome}: ${report.reason ?? 'no reason'}`);
      return report;
    },
    async close() {
      await local.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
