import { Fault } from '@beamline/core';
import type { Journal, JournalEntry } from './journal.ts';
import type { DeploymentPlan } from './plan.ts';
import type { DeployEvent, DeployStrategy } from './strategy.ts';

export interface JournaledDeployment {
  plan: DeploymentPlan;
  strategy: string;
  /** Where it stands: the strategy's phase. Empty before its first command was completed. */
  phase: string;
  /** What happened so far, in order. */
  events: readonly DeployEvent[];
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
  if (first.version !== 2) {
    throw new Fault('deployer/journal-version', `the journal of ${deployment} has version ${String(first.version)}, this program reads 2`, {
      hint: 'Resume it with the version of Beamline that began it.',
    });
  }
  const moves = entries.filter((entry) => entry.kind === 'moved');
  return {
    plan: first.plan, strategy: first.strategy, startedAt: first.at,
    phase: moves.at(-1)?.phase ?? '', events: moves.map(({ event }) => event),
    closed: entries.at(-1)?.kind === 'closed', entries,
  };
}

/**
 * Where a strategy stands after what a journal holds.
 * @throws Fault `deployer/other-strategy` when it would have gone another way than the one that began
 */
export function stateAfter<State extends { phase: string }>(
  strategy: DeployStrategy<State>, { plan, events, phase }: Pick<JournaledDeployment, 'plan' | 'events' | 'phase'>,
): State {
  const state = events.reduce((reached, event) => strategy.next(reached, event).state, strategy.start(plan).state);
  if (phase === '' || state.phase === phase) return state;
  throw new Fault('deployer/other-strategy', `${plan.id} had come to '${phase}'; this program's ${strategy.name} would be at '${state.phase}'`, {
    hint: 'Resume it with the version and the options of Beamline that began it.',
  });
}
