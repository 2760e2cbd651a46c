import { processTags } from '@beamline/bundler/release';
import { Fault, type Clock, type ProcessId, type Slot } from '@beamline/core';
import { emptyState, planDeployment, type DeployableRelease, type EnvironmentState, type EnvironmentStore, type InstanceId, type InstanceRecord } from '@beamline/deployer';
import type { Operator } from '@beamline/kernel/operator';
import { formatRef, readManifest, recover, replayTail, restoreSnapshot, type Migration, type SnapshotRef, type SnapshotStore } from '@beamline/persistence';
import type { Connection } from '../network/connect.ts';
import type { Timeline } from '../timeline/timeline.ts';

export interface RestoreReport {
  instance: InstanceId;
  /** The process that served before, and the one that serves now. */
  from: ProcessId;
  process: ProcessId;
  /** Everything up to this slot of `from` is contained. */
  slot: Slot;
  /** Messages applied after the snapshot. */
  replayed: number;
  /** Merkle root of the restored world, hex SHA-256. */
  root: string;
  /** Whether a replica of the whole schedule has that root. Absent when going back to a snapshot, which means to differ. */
  rootsMatch?: boolean;
  /** Until players reached it under its alias. */
  ms: number;
}

export interface RestoreInstanceOptions {
  connection: Connection;
  operator: Operator;
  environments: EnvironmentStore;
  store: SnapshotStore;
  events: Timeline;
  clock: Clock;
  state: EnvironmentState;
  instance: InstanceId;
  /** What the instance runs. */
  release: DeployableRelease;
  code: string;
  /** Go back to this snapshot, forgetting what came after. @default the newest, and then everything that came after */
  snapshot?: SnapshotRef;
}

/**
 * Puts a fresh process in the place of an instance: a lost one with nothing missing, or any with the state of a
 * snapshot. The caller holds the environment's lock. Safe to repeat; an attempt that failed leaves a process in standby.
 * @throws Fault `stack/instance-alive` and those of `recover` and `restoreSnapshot`
 */
export async function restoreInstance(options: RestoreInstanceOptions, signal?: AbortSignal): Promise<RestoreReport> {
  const { events, instance, snapshot, clock } = options;
  const began = clock.now();
  const alive = await isAlive(options, signal);
  if (alive && snapshot === undefined) {
    throw new Fault('stack/instance-alive', `${instance} answers: there is nothing to recover`, {
      hint: 'To take it back to an earlier state, name the snapshot: beamline restore <environment> <instance> --snapshot <ref>',
    });
  }
  events.publish({ kind: 'recovery', instance, state: 'started', detail: snapshot ? `back to slot ${snapshot.slot}` : 'lost process' });
  try {
    const report = snapshot === undefined ? await recoverLost(options, began, signal) : await goBack(options, snapshot, alive, began, signal);
    const { ms, rootsMatch } = report;
    events.publish({ kind: 'recovery', instance, state: 'done', ms, ...(rootsMatch === undefined ? {} : { rootsMatch }) });
    return report;
  } catch (error) {
    events.publish({ kind: 'recovery', instance, state: 'failed', detail: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

/** Asks for an operation that reads only: published health stays readable on a process that computes no more. */
function isAlive({ operator, state, instance }: RestoreInstanceOptions, signal?: AbortSignal): Promise<boolean> {
  return operator.snapshot(recordOf(state, instance).process, { since: Number.MAX_SAFE_INTEGER }, signal).then(() => true, () => false);
}

async function recoverLost(options: RestoreInstanceOptions, began: number, signal?: AbortSignal): Promise<RestoreReport> {
  const { connection: { network }, operator, store, clock, state, instance, code } = options;
  const lost = recordOf(state, instance).process;
  const recovered = await recover({ network, operator, store, clock, process: lost, spawn: () => spawnFresh(options, signal), bundle: { code } }, signal);
  const { process, slot, root, rootsMatch, history } = recovered;
  const ms = await takeOver(options, process, began, signal);
  const tail = await replayTail({ network, operator, from: lost, to: process, after: slot, history }, signal);
  return { instance, from: lost, process, slot: tail.slot, replayed: recovered.replayed + tail.replayed, root, rootsMatch, ms };
}

async function goBack(options: RestoreInstanceOptions, ref: SnapshotRef, alive: boolean, began: number, signal?: AbortSignal): Promise<RestoreReport> {
  const { operator, store, clock, state, instance, release } = options;
  const record = recordOf(state, instance);
  const manifest = await readManifest(store, ref); // before anything is stopped
  if (manifest.role !== record.role) {
    throw new Fault('stack/other-role', `snapshot ${formatRef(ref)} is of role ${manifest.role}, ${instance} has role ${record.role}`);
  }
  // Releases carry migrations without looking inside; the config's were built by `migration(…)`.
  const migrations = (release.migrations as readonly Migration[]).filter(({ from }) => from.role === record.role);
  const migrate = manifest.layout === record.layoutHash ? {} : { migrate: { migrations, to: record.layout } };
  const process = await spawnFresh(options, signal);
  const restored = await restoreSnapshot({ operator, store, clock, ref, process, ...migrate }, signal);
  if (alive) await operator.freeze(record.process, {}, signal);
  await operator.activate(process, { acceptFrom: [...record.forwarders, record.process] }, signal);
  const ms = await takeOver(options, process, began, signal);
  if (alive) await operator.handOver(record.process, { successor: process }, signal);
  return { instance, from: record.process, process, slot: restored.slot, replayed: 0, root: restored.root, ms };
}

/** A process like the old one, in standby, that the others trust already. */
async function spawnFresh(options: RestoreInstanceOptions, signal?: AbortSignal): Promise<ProcessId> {
  const { connection: { network, signer }, operator, state, instance, code, clock } = options;
  const { role, shard, release, bundle } = recordOf(state, instance);
  const module = state.modules[bundle] ?? await network.spawn(await network.signModule(signer, code, signal), signal);
  const now = clock.now();
  // The seed is replaced by the restored world's.
  const tags = processTags({ environment: state.environment, release, role, shard, deployment: `restore/${now}`, seed: String(now % 0x7fff_ffff) });
  const process = await network.spawn(await network.signProcess(signer, { module, tags, data: '' }, signal), signal);
  for (const { on, name } of linksTo(options)) await operator.link(on, { name, process, mode: 'accept' }, signal);
  return process;
}

/** Aliases, links and the environment name the new process. Resolves to the time since `began` at which players reach it. */
async function takeOver(options: RestoreInstanceOptions, process: ProcessId, began: number, signal?: AbortSignal): Promise<number> {
  const { connection: { network, operator: nodeOperator }, operator, environments, state, instance, clock } = options;
  const record = recordOf(state, instance);
  await network.setAlias(record.alias, process, nodeOperator, signal);
  const ms = clock.now() - began;
  await environments.write({ ...state, instances: { ...state.instances, [instance]: { ...record, process, since: clock.now() } } });
  for (const { on, name } of linksTo(options)) await operator.link(on, { name, process }, signal);
  for (const { name, to } of linksOf(options).filter(({ on }) => on === instance)) {
    const known = state.instances[to]?.process;
    if (known !== undefined) await operator.link(process, { name, process: known }, signal);
  }
  for (const forwarder of record.forwarders) await operator.handOver(forwarder, { successor: process }, signal);
  return ms;
}

/** Whatever runs now, a release's links are the same. */
const linksOf = ({ state: { environment, game }, release, clock }: RestoreInstanceOptions) => planDeployment({ state: emptyState(environment, game), release, at: clock.now() }).links;

/** Who knows the instance, and under which name. */
function linksTo(options: RestoreInstanceOptions): { on: ProcessId; name: string }[] {
  return linksOf(options).flatMap(({ on, name, to }) => {
    const knower = options.state.instances[on]?.process;
    return to === options.instance && knower !== undefined ? [{ on: knower, name }] : [];
  });
}

/** @throws Fault `stack/unknown-instance` */
export function recordOf({ instances, environment }: EnvironmentState, instance: InstanceId): InstanceRecord {
  const record = instances[instance];
  if (record !== undefined) return record;
  throw new Fault('stack/unknown-instance', `there is no instance ${instance} in ${environment}`, {
    hint: `It has ${Object.keys(instances).join(', ') || 'none: nothing is deployed'}.`,
  });
}
