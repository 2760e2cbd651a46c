import type { Release } from '@beamline/bundler';
import { Fault, type AoNetwork, type ProcessId } from '@beamline/core';
import type { DeploymentReport, EnvironmentState, InstanceId, InstanceRecord } from '@beamline/deployer';
import { formatRef, parseRef, readManifest, type SnapshotStore } from '@beamline/persistence';
import type { ReleaseShelf } from '../release-shelf.ts';
import type { RestoreReport } from './restore-instance.ts';
import { instancesByProcess } from './snapshot-catalogue.ts';

/** What going back to snapshots would do: plain data. */
export interface SnapshotRollback {
  environment: string;
  /** The release whose code reads the snapshots. */
  release: string;
  version: string;
  instances: readonly {
    instance: InstanceId;
    /** What serves now. */
    process: ProcessId;
    snapshot: string;
    slot: number;
    /** Milliseconds since 1970; absent when the snapshot does not say. */
    takenAt?: number;
    /** Messages that reached the instance since; absent when another process took the snapshot. */
    givenUp?: number;
  }[];
  /** Roles whose processes keep their state, and come back by reverse migrations afterwards. */
  others: readonly string[];
}

export interface SnapshotRollbackReport {
  restored: readonly RestoreReport[];
  /** How the other roles came back, and the environment to the release. */
  deployment: DeploymentReport;
}

export interface SnapshotRollbackContext {
  environment: string;
  releases: Pick<ReleaseShelf, 'read'>;
  store: SnapshotStore;
}

/**
 * Which release, processes and messages a way back to snapshots is about. Changes nothing.
 *
 * @param to release to go back to. @default the newest that ran before, and whose layouts are those of the snapshots
 * @throws Fault `stack/unknown-instance`, `stack/no-fitting-release`, `stack/shards-left`, those of `readManifest`
 */
export async function planSnapshotRollback(
  { environment, releases, store }: SnapshotRollbackContext, network: () => Promise<Pick<AoNetwork, 'slots'>>, state: EnvironmentState, { snapshots, to }: { snapshots: readonly string[]; to?: string },
): Promise<SnapshotRollback> {
  const instanceOf = instancesByProcess(state);
  const chosen = await Promise.all(snapshots.map(async (text) => {
    const ref = parseRef(text);
    const instance = instanceOf.get(ref.process);
    const record = instance === undefined ? undefined : state.instances[instance];
    if (instance === undefined || record === undefined) {
      throw new Fault('stack/unknown-instance', `${formatRef(ref)} is of no process that ${environment} knows`, { hint: 'beamline status lists instances; beamline backup list the snapshots.' });
    }
    return { instance, record, ref, manifest: await readManifest(store, ref) };
  }));
  const layouts = Object.fromEntries(chosen.map(({ record, manifest }) => [record.role, manifest.layout]));
  const release = await fitting(releases, state, layouts, to);
  const roles = new Set(chosen.map(({ record }) => record.role));
  const left = Object.entries(state.instances).filter(([id, { role, bundle }]) => roles.has(role) && bundle !== release.roles[role]?.bundles.lua.sha256 && !chosen.some(({ instance }) => instance === id));
  if (left.length > 0) {
    throw new Fault('stack/shards-left', `${left.map(([id]) => id).join(', ')} would stay on another release than the other shards of the role`, { hint: 'Give a snapshot of each: --snapshot may be repeated.' });
  }
  const reader = await network();
  return {
    environment, release: release.id, version: release.version,
    instances: await Promise.all(chosen.map(async ({ instance, record, ref, manifest: { takenAt } }) => ({
      instance, process: record.process, snapshot: formatRef(ref), slot: ref.slot, ...(takenAt === undefined ? {} : { takenAt }),
      ...(record.process === ref.process ? { givenUp: (await reader.slots(ref.process)).scheduled - ref.slot } : {}),
    }))),
    others: Object.keys(release.roles).filter((role) => !roles.has(role)),
  };
}

/** The environment as if these instances had the release's code and layout: what is restored then gets both. */
export function withRelease(state: EnvironmentState, instance: InstanceId, release: Release): EnvironmentState {
  const record = state.instances[instance]!;
  const { bundles, layout, layoutHash } = release.roles[record.role]!;
  const back: InstanceRecord = { ...record, release: release.id, bundle: bundles.lua.sha256, layout, layoutHash };
  return { ...state, instances: { ...state.instances, [instance]: back } };
}

/** What ran before, newest first. A layout that two releases share says nothing about which of them is meant. */
async function fitting(releases: Pick<ReleaseShelf, 'read'>, state: EnvironmentState, layouts: Readonly<Record<string, string>>, to: string | undefined): Promise<Release> {
  const before = [...new Set(state.history.filter(({ outcome }) => outcome === 'complete').map(({ to: id }) => id).toReversed())].filter((id) => id !== state.release);
  const looked: string[] = [];
  for (const id of to === undefined ? before : [to]) {
    const release = await (to === undefined ? releases.read(id).catch(() => undefined) : releases.read(id));
    if (release === undefined) continue;
    if (Object.entries(layouts).every(([role, layout]) => release.roles[role]?.layoutHash === layout)) return release;
    looked.push(release.version);
  }
  throw new Fault('stack/no-fitting-release', `no release that ran in ${state.environment} before reads these snapshots${looked.length === 0 ? '' : `; ${looked.join(', ')} have other layouts`}`, {
    hint: 'To go back to a snapshot with the release that runs: beamline restore <environment> <instance> --snapshot <ref>.',
  });
}

