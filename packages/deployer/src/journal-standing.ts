import type { Pass } from './course.ts';
import type { InstanceId } from './instance.ts';
import { stateAfter, type JournaledDeployment } from './read-journal.ts';
import { ownStrategies } from './strategies/own-strategies.ts';

/** What players notice while nobody goes on. */
export type Situation =
  /** The release of before serves; nothing has happened to anybody. */
  | 'untouched'
  /** Processes are frozen: what players send to them is kept, and answered later. */
  | 'held'
  /** Everybody is served; what is left to do does not hold players up. */
  | 'served';

/** Where a deployment that has not ended stands, in words that do not depend on the strategy. */
export interface JournalStanding {
  /** The state of the machine, or the one that it got stuck in. */
  phase: string;
  /** Of a rollout, from 1 on. */
  batch?: number;
  direction: 'forward' | 'reverse';
  /** Present when a person must decide: why it cannot go on by itself. */
  stuck?: string;
  situation: Situation;
  /** Which release serves each instance that the plan changes. */
  serving: Readonly<Record<InstanceId, 'old' | 'new'>>;
  /** Why the old release cannot come back; absent when it can. */
  noWayBack?: string;
}

const HELD = new Set(['fencing', 'transferring', 'activating', 'handing-over', 'thawing', 'freezing', 'unfreezing', 'upgrading', 'reclaiming']);
const SERVED = new Set(['routing', 'linking', 'reconciling', 'proving', 'retiring', 'gating', 'removing', 'collecting']);

/** @throws Fault `deployer/other-strategy` when the strategy is unknown, or would have gone another way */
export function standingOfJournal(
  journaled: JournaledDeployment, strategies = ownStrategies,
): JournalStanding | undefined {
  const strategy = strategies.find(({ name }) => name === journaled.strategy);
  if (strategy === undefined) return undefined;
  const { plan, entries } = journaled;
  const { passes, end } = strategy.standing(stateAfter(strategy, journaled));
  const last = passes.at(-1)!;
  const phases = entries.flatMap((entry) => (entry.kind === 'moved' && entry.phase !== 'stuck' ? [entry.phase] : []));
  const phase = phases.at(-1) ?? strategy.start(plan).state.phase;
  const { batch, direction } = last.course;
  return {
    phase, direction, ...(batch === undefined ? {} : { batch }), ...(end?.outcome === 'stuck' ? { stuck: end.reason ?? 'it does not say why' } : {}),
    // At its end only the books are left to be closed.
    situation: end !== undefined && end.outcome !== 'stuck' ? 'served' : situationOf(plan.strategy === 'in-place' || plan.rollout?.by === 'in-place', phase, passes, direction),
    serving: Object.fromEntries(plan.changes.map(({ instance }) => [instance, servingOf(instance, passes)])),
    ...('impossible' in plan.reverse ? { noWayBack: plan.reverse.impossible } : {}),
  };
}

function situationOf(inPlace: boolean, phase: string, passes: readonly Pass[], direction: 'forward' | 'reverse'): Situation {
  // In place nobody is frozen while new processes come up beside the others.
  if (HELD.has(phase) && !(inPlace && phase === 'activating')) return 'held';
  if (SERVED.has(phase) && !(inPlace && (phase === 'routing' || phase === 'linking'))) return 'served';
  return direction === 'reverse' || passes.length > 1 ? 'served' : 'untouched';
}

/** The last pass that moved an instance decides. */
function servingOf(instance: InstanceId, passes: readonly Pass[]): 'old' | 'new' {
  return passes.reduce<'old' | 'new'>((serves, { course, serving }) => {
    if (serving === 'blue' || !course.changes.some((change) => change.instance === instance)) return serves;
    return course.direction === 'forward' ? 'new' : 'old';
  }, 'old');
}
