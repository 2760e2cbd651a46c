import type { DeploymentReport, InstanceId, OperatorRequest, Outcome } from '@beamline/deployer';

/**
 * `running`: a program is at work on it. `interrupted`: none is, and it goes on where it stopped. `stuck`: a person must
 * decide first.
 */
export type DeploymentStanding = Outcome | 'running' | 'interrupted';

/** One deployment in a list. Times in milliseconds since 1970. */
export interface DeploymentEntry {
  id: string;
  state: DeploymentStanding;
  /** Release ids; `from` is absent for the first. */
  from?: string;
  to: string;
  strategy: string;
  startedAt: number;
  /** Absent until it has ended. */
  endedAt?: number;
  /** The longest time one instance accepted no writes. */
  writePauseMs: number;
  heldMessages: number;
  redelivered: number;
  /** Why it did not simply complete. */
  reason?: string;
}

/** What a person can do, and what comes of it. */
export interface Choice {
  command: string;
  effect: string;
}

/** One deployment, as its journal and the history tell it. */
export interface DeploymentDetail extends DeploymentEntry {
  /** States of the strategy's machine in the order they were reached. */
  steps: readonly { at: number; phase: string; because: string }[];
  /** Messages that were signed for it, and those the network refused for good. */
  items: { signed: number; refused: number };
  /** What people asked of it. */
  requests: readonly OperatorRequest[];
  /** By instance, once known. */
  instances: DeploymentReport['instances'];
  reverse?: DeploymentReport['instances'];
  /** Present until it has ended: how things are, exactly, and what can be done about it. */
  decision?: Decision;
  /** Why the journal says nothing: written by another version, damaged, or deleted. */
  journal?: string;
}

export interface Decision {
  /** Whether it goes on without anybody. */
  needed: boolean;
  /** One sentence each, the reason first. */
  facts: readonly string[];
  /** Which release serves each instance that changes. */
  serving: Readonly<Record<InstanceId, 'old' | 'new'>>;
  choices: readonly Choice[];
}

/** The deployments of an environment: at most the last 100, and the one that has not ended. */
export interface Deployments {
  /** Newest first. */
  list(): Promise<readonly DeploymentEntry[]>;
  /** @default the one that has not ended, else the last. @throws Fault `stack/unknown-deployment` */
  show(id?: string): Promise<DeploymentDetail>;
  /** Finishes one that was interrupted or is stuck; of one that has ended, its report. @default the one that has not ended */
  resume(id?: string, signal?: AbortSignal): Promise<DeploymentReport>;
}
