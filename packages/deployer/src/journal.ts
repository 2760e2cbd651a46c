import type { ProcessId } from '@beamline/core';
import type { DeploymentPlan } from './plan.ts';
import type { DeployEvent } from './strategy.ts';

/** An item as it was signed. A resumed runner sends these very bytes. */
export interface JournaledItem {
  id: string;
  owner: string;
  /** Empty for modules and processes. */
  target: ProcessId;
  /** Base64. */
  raw: string;
}

export type JournalEntry =
  /** First entry: everything another machine needs to go on. */
  | { kind: 'began'; version: 2; plan: DeploymentPlan; strategy: string; at: number }
  /** Written before the item is sent. `key`: what it is for, unique within the deployment. */
  | { kind: 'signed'; key: string; item: JournaledItem }
  /** The network refused the item for good, so it did nothing and will do nothing: its key may be signed again. */
  | { kind: 'voided'; key: string; id: string; reason: string }
  /** A command was completed, or a person spoke. `phase`: where it led; the state is found by feeding the events to the strategy again. */
  | { kind: 'moved'; event: DeployEvent; phase: string; at: number }
  /** The environment's state was updated; nothing is left to do. */
  | { kind: 'closed'; at: number };

/**
 * Where deployments write what they are about to do, before they do it.
 *
 * Contract (checked by `describeJournal` in `@beamline/deployer/testing`):
 * - `append` resolves once the entry survives a crash of the machine; entries keep the order of the calls.
 * - `read` yields them in that order. An entry whose write was interrupted is as if it had never been written; any other
 *   damage is `deployer/journal-damaged`.
 * - `read` of an unknown deployment yields nothing; `list` names deployments in ascending order of id.
 */
export interface Journal {
  readonly kind: string;
  append(deployment: string, entry: JournalEntry): Promise<void>;
  read(deployment: string): AsyncIterable<JournalEntry>;
  list(): Promise<string[]>;
}
