import { Fault } from '@beamline/core';

/** Who holds an environment. */
export interface Holder {
  /** Deployment, or another word for what is going on. */
  purpose: string;
  host: string;
  pid: number;
  /** Milliseconds since 1970. */
  since: number;
}

export interface Lease {
  /** Safe to repeat. */
  release(): Promise<void>;
}

/**
 * Lets one runner act on an environment at a time.
 *
 * Contract (checked by `describeLock` in `@beamline/deployer/testing`): a second `acquire` is refused with
 * `deployer/locked` until the first is released or its holder is dead; of several at once exactly one succeeds.
 */
export interface EnvironmentLock {
  readonly kind: string;
  acquire(environment: string, purpose: string, at: number): Promise<Lease>;
  /** Who holds it now, for people: it may be over when they read it. */
  holder(environment: string): Promise<Holder | undefined>;
}

export function lockedFault(environment: string, { purpose, host, pid, since }: Holder): Fault {
  return new Fault('deployer/locked', `${environment} is held by ${purpose} (process ${pid} on ${host}, since ${new Date(since).toISOString()})`, {
    hint: 'Wait until it is done. If that machine is gone for good, remove its lock file from the environment\'s folder.',
    retryable: true,
  });
}
