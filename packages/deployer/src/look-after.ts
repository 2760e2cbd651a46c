import { emptyState } from './environment-state.ts';
import { createItemLedger } from './item-ledger.ts';
import { createSite } from './perform/create-site.ts';
import { unhealthy } from './perform/observe.ts';
import { sideBySide } from './perform/side-by-side.ts';
import { silentOf } from './perform/silence.ts';
import { readJournal, stateAfter } from './read-journal.ts';
import type { RunnerOptions } from './runner-options.ts';
import { ownStrategies } from './strategies/own-strategies.ts';

/**
 * Whether the release that a finished deployment brought still fulfils its conditions: the same ones as in the bake,
 * against the same predecessors. Changes nothing; to be repeated for as long as a release is on probation.
 * @returns what is wrong, one sentence each; nothing when other processes serve by now
 * @throws Fault `deployer/unknown-deployment`, `deployer/journal-damaged`, `deployer/journal-version`, `deployer/other-strategy`
 */
export async function lookAfter(options: RunnerOptions, deployment: string, signal?: AbortSignal): Promise<string[]> {
  const { environments, journal, strategies = ownStrategies } = options;
  const found = await readJournal(journal, deployment);
  const strategy = strategies.find(({ name }) => name === found.strategy);
  if (strategy === undefined) return [];
  const { plan, entries } = found;
  const environment = (await environments.read(plan.environment)) ?? emptyState(plan.environment, plan.game);
  const site = createSite(options, plan, () => environment, createItemLedger(journal, deployment, entries));
  const serves = (instance: string, process: string | undefined): boolean => environment.instances[instance]?.process === process;

  const passes = strategy.standing(stateAfter(strategy, found)).passes.filter(({ course, serving }) => course.direction === 'forward' && serving === 'green');
  return (await sideBySide(passes, async ({ course, cut }) => {
    const changes = course.changes.filter(({ instance, bundle }) => serves(instance, course.greens[instance]) && environment.instances[instance]?.bundle === bundle);
    const silent = await silentOf(site, changes.map(({ instance }) => course.greens[instance]!), signal);
    return [...await unhealthy(site, { course: { ...course, changes }, baselines: cut?.baselines }, signal), ...silent.map((process) => `${process} computes nothing any more`)];
  })).flat();
}
