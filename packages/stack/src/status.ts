import type { ProcessId, Slot } from '@beamline/core';
import type { Health, InstanceSample, RatePoint } from '@beamline/metrics';

export type { Health, RatePoint };

/** One AO process of the environment as last seen; its numbers are totals over the process's life. */
export type InstanceStatus = InstanceSample;

/** A snapshot in the environment's store. */
export interface SnapshotStatus {
  /** `<role>-<shard>` */
  instance: string;
  process: ProcessId;
  slot: Slot;
  /** What `restore` takes. */
  ref: string;
  /** Merkle root, hex SHA-256. */
  root: string;
  /** Milliseconds since 1970; 0 when nobody remembers. */
  at: number;
  /** What it added to the store. */
  bytesAdded: number;
  pages: number;
  pagesReused: number;
}

/** A deployment the environment has seen. */
export interface DeploymentStatus {
  id: string;
  state: DeploymentState;
  /** Release ids; `from` is empty for the first. */
  from: string;
  to: string;
  strategy: string;
  startedAt: number;
  /** 0 while it runs. */
  endedAt: number;
  /** The longest time one instance accepted no writes. */
  writePauseMs: number;
  heldMessages: number;
  /** Why it did not simply complete. */
  reason: string;
}

export type DeploymentState = 'running' | 'complete' | 'rolled-back' | 'aborted' | 'stuck';

/** Everything the dashboard's first paint and `beamline status` show. */
export interface StatusReport {
  version: 1;
  game: string;
  environment: string;
  /** What runs: release id and the game's own version. Empty before the first deployment. */
  release: { id: string; version: string };
  /** Of the environment: its worst instance decides. `empty`: nothing is deployed. */
  health: Health | 'empty';
  node: { url: string; address: string; build: string };
  at: number;
  instances: readonly InstanceStatus[];
  /** Newest first. */
  deployments: readonly DeploymentStatus[];
  /** Newest first. */
  snapshots: readonly SnapshotStatus[];
}

export function overallHealth(instances: readonly { health: Health }[]): Health | 'empty' {
  if (instances.length === 0) return 'empty';
  if (instances.some(({ health }) => health === 'down')) return 'down';
  return instances.some(({ health }) => health === 'degraded') ? 'degraded' : 'healthy';
}
