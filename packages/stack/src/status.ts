import type { MessageId, ProcessId, Slot } from '@beamline/core';

/** `down`: does not answer or is bricked. `degraded`: answers, but lags, erred lately, or is not serving. */
export type Health = 'healthy' | 'degraded' | 'down';

/** One AO process of the environment as last seen. Numbers are totals since its first slot unless named otherwise. */
export interface InstanceStatus {
  /** `<role>-<shard>`, unique within the environment. */
  id: string;
  role: string;
  shard: number;
  process: ProcessId;
  alias: string;
  release: string;
  layout: string;
  health: Health;
  /** The kernel's phase, or `unknown` when the process does not answer. */
  phase: string;
  entities: number;
  applied: number;
  duplicates: number;
  refused: number;
  errors: number;
  held: number;
  forwarded: number;
  sent: number;
  /** Last computed slot, -1 before the first. */
  slot: Slot;
  /** Scheduled − computed slots. */
  lag: number;
  /** Over the last sampling interval. */
  messagesPerSecond: number;
  /** Empty when the last message went well. */
  lastError: string;
  /** Milliseconds since 1970 of the sample; 0 before the first. */
  sampledAt: number;
}

/** A snapshot in the environment's store. */
export interface SnapshotStatus {
  instance: string;
  process: ProcessId;
  slot: Slot;
  ref: string;
  root: string;
  release: string;
  at: number;
  bytes: number;
  pages: number;
  pagesReused: number;
}

/** A deployment the environment has seen, newest first in every list. */
export interface DeploymentStatus {
  id: MessageId | string;
  state: 'running' | 'done' | 'rolled-back' | 'aborted' | 'stuck';
  from: string;
  to: string;
  strategy: string;
  startedAt: number;
  endedAt: number;
}

/** Everything the dashboard's first paint and `beamline status` show. */
export interface StatusReport {
  version: 1;
  game: string;
  environment: string;
  /** Id and game version of what runs; both empty before the first deployment. */
  release: { id: string; version: string };
  health: Health | 'empty';
  node: { url: string; address: string; build: string };
  at: number;
  instances: readonly InstanceStatus[];
  deployments: readonly DeploymentStatus[];
  snapshots: readonly SnapshotStatus[];
}

/** The worst instance decides. */
export function overallHealth(instances: readonly { health: Health }[]): Health | 'empty' {
  if (instances.length === 0) return 'empty';
  if (instances.some(({ health }) => health === 'down')) return 'down';
  return instances.some(({ health }) => health === 'degraded') ? 'degraded' : 'healthy';
}
