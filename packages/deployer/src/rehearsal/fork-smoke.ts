import { processTags } from '@beamline/bundler/release';
import type { AoNetwork, Clock, ProcessId, Signer } from '@beamline/core';
import { createOperator, type Operator } from '@beamline/kernel/operator';
import { restoreImage, worldAt, type SnapshotStore, type WorldImage } from '@beamline/persistence';
import type { EnvironmentState } from '../environment-state.ts';
import { problemsOf } from '../perform/probe.ts';
import { migrated } from '../perform/transfer-state.ts';
import type { Change, DeploymentPlan } from '../plan.ts';
import type { Probe, ProbeContext } from '../runner-options.ts';
import { readPast } from './past.ts';
import { spawnedWith, type RehearsalBundles } from './release-code.ts';
import type { ForkReport } from './report.ts';

/** A network of its own that nobody else knows, and the keys to it. */
export interface ForkSite {
  network: AoNetwork;
  /** Owns the processes there. */
  signer: Signer;
  /** Moves aliases there. */
  operator: Signer;
  /** Ends it and leaves nothing behind. */
  close(): Promise<void>;
}

export interface ForkSmokeOptions {
  /** Starts a throw-away network. */
  open: (signal?: AbortSignal) => Promise<ForkSite>;
  /** The real one; it is read from, and nothing else. */
  network: Pick<AoNetwork, 'schedule'>;
  store: SnapshotStore;
  clock: Clock;
  bundles: RehearsalBundles;
  state: EnvironmentState;
  plan: DeploymentPlan;
  probes: readonly Probe[];
}

/** A process of the environment as it would be after the deployment. */
interface Stand extends Pick<Change, 'instance' | 'role' | 'shard' | 'alias' | 'release' | 'level'> {
  blue?: ProcessId;
  /** Absent: unchanged. */
  change?: Change;
}

/**
 * Brings the whole environment up on a throw-away network as it would be after the deployment, each process with the newest
 * state of the one that serves now, linked and under its alias, and runs the smoke tests there, with `phase: 'fork'`.
 * @returns what they complained about
 */
export async function smokeOnFork(options: ForkSmokeOptions, signal?: AbortSignal): Promise<ForkReport> {
  const { open, clock, plan, probes } = options;
  const stands = standsOf(options);
  const site = await open(signal);
  try {
    const operator = createOperator({ network: site.network, signer: site.signer, clock, environment: plan.environment });
    const modules = new Map<string, Promise<string>>();
    const processes: Record<string, ProcessId> = {};
    for (const stand of stands) processes[stand.instance] = await spawn(options, site, stand, modules, signal);
    for (const stand of stands) await restore(options, operator, stand, processes[stand.instance]!, signal);
    for (const { on, name, to } of plan.links) {
      if (processes[on] !== undefined && processes[to] !== undefined) await operator.link(processes[on], { name, process: processes[to] }, signal);
    }
    for (const { instance, alias } of stands) {
      await operator.activate(processes[instance]!, {}, signal);
      await site.network.setAlias(alias, processes[instance]!, site.operator, signal);
    }
    const changed = stands.filter(({ change }) => change !== undefined);
    const context: ProbeContext = {
      phase: 'fork', environment: plan.environment, release: plan.to, network: site.network, clock,
      instances: changed.map(({ instance, role, shard, alias }) => ({ instance, role, shard, alias, process: processes[instance]! })),
    };
    return { instances: stands.map(({ instance }) => instance), problems: await problemsOf(probes, context, signal) };
  } finally {
    await site.close();
  }
}

/** Receivers first. */
function standsOf({ plan, state }: ForkSmokeOptions): Stand[] {
  const stands = plan.instances.flatMap(({ instance, role, shard, alias, process }): Stand[] => {
    const change = plan.changes.find((one) => one.instance === instance);
    if (change !== undefined) return [{ instance, role, shard, alias, release: change.release, level: change.level, change, ...(change.blue !== undefined && { blue: change.blue }) }];
    const record = state.instances[instance];
    return record === undefined || process === undefined ? [] : [{ instance, role, shard, alias, release: record.release, level: 0, blue: process }];
  });
  return stands.sort((a, b) => a.level - b.level);
}

async function spawn({ bundles, plan }: ForkSmokeOptions, { network, signer }: ForkSite, { role, shard, release }: Stand, modules: Map<string, Promise<string>>, signal?: AbortSignal): Promise<ProcessId> {
  const key = `${release}/${role}`;
  const published = modules.get(key) ?? bundles.lua(release, role).then(async (code) => network.spawn(await network.signModule(signer, code, signal), signal));
  modules.set(key, published);
  const tags = processTags({ environment: plan.environment, release, role, shard, deployment: `${plan.id}/fork`, seed: '1' });
  return network.spawn(await network.signProcess(signer, { module: await published, tags, data: '' }, signal), signal);
}

async function restore(options: ForkSmokeOptions, operator: Operator, { blue, role, change }: Stand, process: ProcessId, signal?: AbortSignal): Promise<void> {
  if (blue === undefined) return;
  const image = await newest(options, blue, role, signal);
  await restoreImage({ operator, image: change === undefined ? image : migrated(change, image), process }, signal);
}

/** Computed off the network: asking the process for a snapshot would be a message to it. */
async function newest({ network, store, clock, bundles }: ForkSmokeOptions, process: ProcessId, role: string, signal?: AbortSignal): Promise<WorldImage> {
  const { genesis, head } = await readPast(network, process, 0, signal);
  const code = await bundles.lua(spawnedWith(genesis), role);
  return (await worldAt({ network, store, clock, process, slot: head, bundle: { code } }, signal)).image;
}
