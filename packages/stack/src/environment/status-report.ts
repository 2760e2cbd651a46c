import type { NodeIdentity } from '@beamline/core';
import type { DeploymentReport, EnvironmentState } from '@beamline/deployer';
import type { InstanceRef, InstanceSample } from '@beamline/metrics';
import { overallHealth, type DeploymentStatus, type SnapshotStatus, type StatusReport } from '../status.ts';
import type { TimelineEvent } from '../timeline/timeline.ts';
import { deploymentStarts } from './deployment-starts.ts';

export interface StatusFacts {
  state: EnvironmentState;
  /** The game's own version of the release that runs. */
  version: string;
  node: NodeIdentity & { url: string };
  samples: readonly InstanceSample[];
  snapshots: readonly SnapshotStatus[];
  events: readonly TimelineEvent[];
  at: number;
}

export function statusReport({ state, version, node, samples, snapshots, events, at }: StatusFacts): StatusReport {
  return {
    version: 1,
    game: state.game,
    environment: state.environment,
    release: { id: state.release ?? '', version },
    health: overallHealth(samples),
    node,
    at,
    instances: samples,
    deployments: [...running(state, events), ...state.history.map(finished).reverse()],
    snapshots,
  };
}

/** What the collector follows. */
export const instanceRefs = ({ instances }: EnvironmentState): readonly InstanceRef[] =>
  Object.entries(instances).map(([id, { role, shard, process, alias, release, layoutHash }]) => (
    { id, role, shard, process, alias, release, layout: layoutHash }));

function finished({ id, outcome, from = '', to, strategy, startedAt, endedAt, instances, reverse = {}, reason = '' }: DeploymentReport): DeploymentStatus {
  const passages = [...Object.values(instances), ...Object.values(reverse)];
  return {
    id, state: outcome, from, to, strategy, startedAt, endedAt, reason,
    writePauseMs: Math.max(0, ...passages.map(({ writePauseMs }) => writePauseMs)),
    heldMessages: passages.reduce((sum, { heldMessages }) => sum + heldMessages, 0),
  };
}

function running({ running: id, release = '' }: EnvironmentState, events: readonly TimelineEvent[]): DeploymentStatus[] {
  if (id === undefined) return [];
  const begun = deploymentStarts(events).get(id);
  return [{
    id, state: 'running', from: release, to: begun?.to ?? '', strategy: begun?.strategy ?? '', startedAt: begun?.at ?? 0, endedAt: 0,
    writePauseMs: 0, heldMessages: 0, reason: '',
  }];
}
