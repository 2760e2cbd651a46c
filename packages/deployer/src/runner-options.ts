import type { AoNetwork, Clock, Logger, ProcessId, Signer } from '@beamline/core';
import type { Condition } from './condition.ts';
import type { EnvironmentStore } from './environment-state.ts';
import type { InstanceId } from './instance.ts';
import type { Journal } from './journal.ts';
import type { EnvironmentLock } from './lock.ts';
import type { DeploymentRequests } from './requests.ts';
import type { BundleSource } from './release.ts';
import type { DeployStrategy } from './strategy.ts';
import type { TimelineListener } from './timeline.ts';

/** What a check or a smoke test looks at: the processes of the release under test. */
export interface ProbeContext {
  /** `fork`: on a throw-away network, before anything happened on the real one. */
  phase: 'fork' | 'standby' | 'live';
  environment: string;
  /** Release under test. On the way back, the old one. */
  release: string;
  network: AoNetwork;
  clock: Clock;
  instances: readonly { instance: InstanceId; role: string; shard: number; process: ProcessId; alias: string }[];
}

/** @returns one sentence per problem; none when all is well. Throwing counts as a problem too. */
export type Probe = (context: ProbeContext, signal?: AbortSignal) => Promise<readonly string[]>;

export interface RunnerOptions {
  network: AoNetwork;
  /** Owner of the processes; pays for and signs every operation. */
  signer: Signer;
  /** The node's operator: moves aliases. @default `signer` */
  operator?: Signer;
  environments: EnvironmentStore;
  journal: Journal;
  lock: EnvironmentLock;
  bundles: BundleSource;
  clock: Clock;
  /** Those it knows; a plan names one. @default [blueGreen(), inPlace(), rolling(), canary()] */
  strategies?: readonly DeployStrategy[];
  /** Looked at before the fence, while nothing has happened to anybody. */
  checks?: readonly Probe[];
  /** Run against live greens: a problem takes the deployment back. */
  smoke?: readonly Probe[];
  /** What greens, and processes with new code, must fulfil during the bake and between batches. @default errors at most twice blue's, at most 64 slots behind */
  analysis?: readonly Condition[];
  /** Where people leave what they ask of a deployment. @default nobody asks */
  requests?: DeploymentRequests;
  /** How long greens are watched after the smoke tests. @default 0 */
  bakeMs?: number;
  /** @default 500 */
  bakePollMs?: number;
  /** A blue that got no message for so long is retired; others go on forwarding. @default 60000 */
  quietMs?: number;
  /** How long an outage may last before the runner stops, to be resumed. @default 30000 */
  patienceMs?: number;
  /** Decimal seed of a new world's random numbers. @default derived from deployment and instance */
  seedOf?: (deployment: string, instance: InstanceId) => string;
  onEvent?: TimelineListener;
  logger?: Logger;
}
