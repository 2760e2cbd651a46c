import { Fault } from '@beamline/core';
import type { Journal, JournalEntry } from './journal.ts';
import type { DeploymentPlan } from './plan.ts';

export interface JournaledDeployment {
  plan: DeploymentPlan;
  strategy: string;
  /** Where the strategy stands. */
  state: { phase: string };
  startedAt: number;
  /** Nothing is left to do. */
  closed: boolean;
  entries: readonly JournalEntry[];
}

/** @throws Fault `deployer/unknown-deployment`, `deployer/journal-damaged`, `deployer/journal-version` */
export async function readJournal(journal: Journal, deployment: string): Promise<JournaledDeployment> {
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(deployment)) entries.push(entry);
  const [first] = entries;
  if (first === undefined) {
    throw new Fault('deployer/unknown-deployment', `no journal of deployment ${deployment}`, {
      hint: `Known: ${(await journal.list()).slice(-5).join(', ') || 'none'}.`,
    });
  }
  if (first.kind !== 'began') {
    throw new Fault('deployer/journal-damaged', `the journal of ${deployment} begins with ${first.kind}`, {
      hint: 'Restore the file from a copy.',
    });
  }
  if (first.version !== 1) {
    throw new Fault('deployer/journal-version', `the journal of ${deployment} has version ${String(first.version)}, this program reads 1`, {
      hint: 'Resume it with the version of Beamline that began it.',
    });
  }
  const last = entries.findLast((entry) => entry.kind === 'moved');
  return {
    plan: first.plan, strategy: first.strategy, state: last?.state ?? first.state, startedAt: first.at,
    closed: entries.at(-1)?.kind === 'closed', entries,
  };
}
