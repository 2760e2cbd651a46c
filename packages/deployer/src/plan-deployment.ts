import { Fault } from '@beamline/core';
import { describeSteps, layoutChanges, layoutVerdict, reverseChain } from '@beamline/persistence';
import type { ClientContract, LayoutVerdict, Migration } from '@beamline/persistence';
import { dependencyLevels } from './dependency-level.ts';
import type { EnvironmentState, InstanceRecord } from './environment-state.ts';
import { aliasOf, assertName, instanceId } from './instance.ts';
import type { Speaker } from './broken-messages.ts';
import { brokenBetween, linksOf } from './link-plan.ts';
import type { Change, DeploymentPlan, PlannedInstance, PlannedLayout, ReverseCourse } from './plan.ts';
import { costsOf, stepsOf } from './plan-steps.ts';
import { planRollout, type RolloutOptions } from './plan-rollout.ts';
import type { DeployableRelease, ReleasedRole } from './release.ts';
import { migrationsOf } from './release-migrations.ts';

export interface PlanOptions {
  /** What runs now; `emptyState(…)` before the first deployment. */
  state: EnvironmentState;
  release: DeployableRelease;
  /** Milliseconds since 1970; part of the plan's id. */
  at: number;
  /** What clients of each running instance send and read. Without it nobody asks whether they are broken. @default {} */
  clients?: Readonly<Record<string, ClientContract>>;
  /** What the release of each running instance says of its messages to others. Without it nobody asks whether they are understood. @default {} */
  spoken?: Readonly<Record<string, Speaker>>;
  /** @default 'blue-green' */
  strategy?: string;
  /** Of the strategies `rolling` and `canary`. */
  rollout?: RolloutOptions;
  /** How long the network takes for one message, for the estimate of the pause. @default 20, a local network's */
  messageMs?: number;
}

/**
 * Decides what has to happen so that `release` runs in the environment. Pure: sends and changes nothing.
 * @throws Fault `deployer/other-game`, `deployer/bad-name`, `deployer/role-removed`, `deployer/shard-removed`,
 * `deployer/layout-forbidden` (the layout changed and no migration leads exactly to the new one), `deployer/bad-migration`,
 * `deployer/unknown-dependency`, `deployer/dependency-cycle`
 */
export function planDeployment({ state, release, at, clients = {}, spoken = {}, strategy = 'blue-green', rollout: going, messageMs = 20 }: PlanOptions): DeploymentPlan {
  assertFits(state, release);
  const levels = dependencyLevels(Object.fromEntries(Object.entries(release.roles).map(([role, { dependsOn }]) => [role, dependsOn])));
  const roles = Object.keys(release.roles).sort((a, b) => levels[a]! - levels[b]! || (a < b ? -1 : 1));

  const instances: PlannedInstance[] = [];
  const changes: Change[] = [];
  const back: Change[] = [];
  const irreversible: string[] = [];
  const kind = strategy === 'in-place' || (strategy !== 'blue-green' && going?.by === 'in-place') ? 'upgrade' : 'replace';

  for (const role of roles) {
    const released = release.roles[role]!;
    for (let shard = 0; shard < released.shards; shard += 1) {
      const instance = instanceId(role, shard);
      const alias = aliasOf(release.game, state.environment, role, shard);
      const current = state.instances[instance];
      const base = { instance, role, shard, alias };
      const green = {
        ...base, release: release.id, bundle: released.bundles.lua.sha256,
        layout: released.layout, layoutHash: released.layoutHash, level: levels[role]!,
      };
      if (current === undefined) {
        instances.push({ ...base, action: 'create', layout: { verdict: 'new' }, because: 'no process serves it yet' });
        changes.push({ ...green, kind: 'create', forwarders: [], migrations: [] });
        continue;
      }
      if (current.bundle === green.bundle && current.layoutHash === green.layoutHash) {
        instances.push({ ...base, action: 'unchanged', process: current.process, layout: { verdict: 'same' }, because: 'bundle and layout are the same' });
        continue;
      }
      const verdict = verdictFor(instance, current, released, migrationsOf(release, role), clients[instance]);
      const { migrations } = verdict;
      const reversal = reverseChain(migrations, current.layout);
      if (reversal.migrations === undefined) irreversible.push(`${instance}: ${reversal.reason}`);
      const broken = verdict.changes.filter(({ verdict: each }) => each === 'BREAKS-CLIENTS').map(({ path, what, why }) => `${path} ${what}: ${why}`);
      instances.push({
        ...base, action: kind, process: current.process, layout: plannedLayout(current, released, migrations, reversal.migrations !== undefined),
        ...(broken.length > 0 ? { breaksClients: broken } : {}), because: reasonOf(current, green),
      });
      const stays = kind === 'upgrade' ? { blue: current.process, forwarders: current.forwarders } : { forwarders: [] };
      changes.push({ ...green, kind, blue: current.process, forwarders: current.forwarders, migrations });
      back.push({
        ...green, kind, ...stays, release: current.release, bundle: current.bundle,
        layout: current.layout, layoutHash: current.layoutHash, migrations: reversal.migrations ?? [],
      });
    }
  }

  const replaced = back.length;
  const reverse = reverseOf(back, irreversible, replaced);
  const links = linksOf(release);
  const broken = brokenBetween({ release, links, spoken, changed: new Set(changes.map(({ role }) => role)), strategy, levels });
  const rollout = (strategy === 'rolling' || strategy === 'canary') && changes.length > 0 ? planRollout(strategy, changes, going) : undefined;
  return {
    version: 1,
    id: `${at}-${release.id.slice(0, 8)}`,
    game: release.game,
    environment: state.environment,
    ...(state.release === undefined ? {} : { from: state.release }),
    to: release.id,
    toVersion: release.version,
    createdAt: at,
    strategy,
    ...(rollout === undefined ? {} : { rollout }),
    instances,
    changes,
    reverse,
    links,
    basis: Object.fromEntries(Object.entries(state.instances).map(([id, { process, bundle, layoutHash }]) => {
      const module = state.modules[bundle];
      return [id, { process, bundle, layoutHash, ...(module === undefined ? {} : { module }) }];
    })),
    steps: stepsOf(changes, reverse, rollout),
    ...(broken.length > 0 ? { brokenMessages: broken } : {}),
    ...costsOf(changes, links, messageMs, rollout),
  };
}

function verdictFor(
  instance: string, current: InstanceRecord, released: ReleasedRole, migrations: readonly Migration[], clients: ClientContract | undefined,
): LayoutVerdict {
  const contracts = clients === undefined || released.clients === undefined ? undefined : { from: clients, to: released.clients };
  const verdict = layoutVerdict(current.layout, released.layout, migrations, { role: current.role, clients: contracts });
  if (verdict.verdict !== 'FORBIDDEN') return verdict;
  const todo = verdict.changes.filter((change) => change.do !== '').map((change) => `${change.path}: ${change.do}`);
  throw new Fault('deployer/layout-forbidden', `${instance}: the layout changed and no migration leads to the new one: ${verdict.reasons.join('; ')}`, {
    hint: [`Add a migration from role '${current.role}' to migrations in beamline.config.ts that accounts for each of these, and bundle again; beamline migration stub writes one.`, ...todo].join('\n  '),
    details: { instance, from: current.layoutHash, to: released.layoutHash },
  });
}

function plannedLayout(current: InstanceRecord, released: ReleasedRole, migrations: readonly Migration[], reversible: boolean): PlannedLayout {
  if (migrations.length === 0) return { verdict: 'same' };
  const { verdict: needs, changes } = layoutChanges(current.layout, released.layout);
  return { verdict: 'migrated', steps: migrations.map((each) => `${each.name}: ${describeSteps(each)}`), reversible, needs, changes };
}

const reasonOf = (current: InstanceRecord, green: { bundle: string; layoutHash: string }): string =>
  current.layoutHash === green.layoutHash ? 'the bundle changed' : 'the layout changed';

function reverseOf(back: readonly Change[], irreversible: readonly string[], replaced: number): ReverseCourse {
  if (irreversible.length > 0) return { impossible: irreversible.join('; ') };
  return replaced === 0 ? { impossible: 'nothing ran before' } : { changes: back };
}

function assertFits(state: EnvironmentState, release: DeployableRelease): void {
  assertName('environment', state.environment);
  assertName('game', release.game);
  for (const role of Object.keys(release.roles)) assertName('role', role);
  if (state.game !== release.game) {
    throw new Fault('deployer/other-game', `environment ${state.environment} runs ${state.game}, the release is of ${release.game}`, {
      hint: 'Deploy to an environment of this game, or give the environment another name.',
    });
  }
  for (const { role, shard } of Object.values(state.instances)) {
    const released = release.roles[role];
    if (released === undefined) {
      throw new Fault('deployer/role-removed', `role ${role} runs in ${state.environment} and is missing in the release: its world would be lost`, {
        hint: 'Keep the role in the release, or take its processes out of the environment first.',
      });
    }
    if (shard >= released.shards) {
      throw new Fault('deployer/shard-removed', `${role} has ${released.shards} shards in the release, and shard ${shard} runs: its world would be lost`, {
        hint: `Keep shards at ${shard + 1} or more.`,
      });
    }
  }
}
