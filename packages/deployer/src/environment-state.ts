import type { Id, ProcessId } from '@beamline/core';
import type { Layout } from '@beamline/ecs';
import type { InstanceId } from './instance.ts';
import type { DeploymentReport } from './report.ts';

/** One AO process that serves a role's shard. */
export interface InstanceRecord {
  role: string;
  shard: number;
  process: ProcessId;
  alias: string;
  /** Release the process was made from. Older than the environment's when its role has not changed since. */
  release: string;
  /** SHA-256 of its Lua bundle. */
  bundle: string;
  layout: Layout;
  layoutHash: string;
  /** Milliseconds since 1970 at which it became the one that serves. */
  since: number;
  /** Predecessors that still forward to this process, oldest first. They are re-pointed when it is replaced. */
  forwarders: readonly ProcessId[];
}

/** What runs in an environment, and how it came to be. Persisted; readers refuse an unknown `version`. */
export interface EnvironmentState {
  version: 1;
  environment: string;
  game: string;
  /** Grows by one with each write; guards against two writers. */
  revision: number;
  /** Release that runs; absent before the first deployment is complete. */
  release?: string;
  /** What ran before it: where `planRollback` goes. */
  previousRelease?: string;
  instances: Readonly<Record<InstanceId, InstanceRecord>>;
  /** Module ids by bundle SHA-256: a bundle is published to the network once. */
  modules: Readonly<Record<string, Id>>;
  /** Finished deployments, oldest first, at most 100. */
  history: readonly DeploymentReport[];
  /** The deployment that holds the environment until it is finished. Others are refused meanwhile. */
  running?: string;
}

export const emptyState = (environment: string, game: string): EnvironmentState => ({
  version: 1, environment, game, revision: 0, instances: {}, modules: {}, history: [],
});

/**
 * Where environments live.
 *
 * Contract (checked by `describeEnvironmentStore` in `@beamline/deployer/testing`):
 * - `write` is atomic and durable, and stores `revision + 1`: a reader sees the old state or the new one, whole.
 * - It refuses (`deployer/state-conflict`) when what is stored is not the given revision.
 * - A stored state of another version or shape is `deployer/bad-state`, never a guess.
 */
export interface EnvironmentStore {
  readonly kind: string;
  read(environment: string): Promise<EnvironmentState | undefined>;
  write(state: EnvironmentState): Promise<EnvironmentState>;
  list(): Promise<string[]>;
}
