import type { ProcessId } from '@beamline/core';
import type { Comparisons, Course, CutOver, Forwarders, Greens, Observations, Pass, Passages, Slots } from './course.ts';
import type { ReverseCourse, Rollout } from './plan.ts';
import type { Outcome } from './report.ts';

/**
 * What a strategy asks the runner to do: one thing for all instances of the course at once. Each is safe to repeat, for
 * a resumed runner performs the last one again; each answers with the event named beside it, or with `failed`.
 */
export type DeployCommand = { course: Course } & (
  /** Modules exist on the network; process items are signed, not sent → `published` */
  | { do: 'publish' }
  /** Greens exist in standby → `spawned` */
  | { do: 'spawn' }
  /** Blues and unchanged processes trust the greens that will write to them → `introduced` */
  | { do: 'introduce' }
  /** Greens hold blue's state of a moment ago, migrated → `restored` */
  | { do: 'restore' }
  /** Greens get what changed since → `caught-up` */
  | { do: 'catch-up' }
  /** Greens answer, in standby, with the right release, layout and state → `checked` */
  | { do: 'check' }
  /** Blues freeze, senders before receivers → `fenced` */
  | { do: 'fence' }
  /** The last delta is in green, committed on the condition of its digest → `transferred` */
  | { do: 'transfer' }
  /** Greens accept forwards from their blues and are active, receivers before senders → `activated` */
  | { do: 'activate' }
  /** Greens are read back, then blues forward what they held, and from now on everything → `handed-over` */
  | { do: 'hand-over'; cut: CutOver }
  /** Aliases name the greens, verified → `routed` */
  | { do: 'route' }
  /** Everybody sends to the greens → `linked` */
  | { do: 'link' }
  /** Every message that reached blue after the fence is in green's log → `reconciled` */
  | { do: 'reconcile'; cut: CutOver }
  /** Processes run the new code from a message boundary on, each its own → `upgraded` or `upgrade-refused` */
  | { do: 'upgrade'; activations: Slots }
  /** Smoke tests, then the bake → `proved` */
  | { do: 'prove'; baselines?: Observations }
  /** Between two batches: all processes are well, and a person agrees where one has to → `gated` */
  | { do: 'gate'; passes: readonly Pass[]; maxUnavailable: number; approvals: number }
  /** Processes of before take back what silent ones accepted; `cut` of the way there → `reclaimed` */
  | { do: 'reclaim'; cut: CutOver }
  /** The course's processes hold players up: nothing gets worse until a person has decided → `frozen` */
  | { do: 'freeze' }
  /** They apply what they held and go on → `unfrozen` */
  | { do: 'unfreeze' }
  /** Blues without stragglers refuse from now on → `retired` */
  | { do: 'retire'; cut: CutOver }
  /** Undo: blues apply what they held and go on; other processes know them again → `thawed` */
  | { do: 'thaw' }
  /** Undo: greens refuse everything → `discarded` */
  | { do: 'discard' }
);

/** What the runner reports back. `at`: milliseconds since 1970, so that strategies need no clock. */
export type DeployEvent = { at: number } & (
  | { on: 'published'; modules: Course['modules']; greens: Greens; observed?: Observations }
  | { on: 'spawned' }
  | { on: 'introduced' }
  | { on: 'restored' }
  /** `pages`: how many pages the round had to send. */
  | { on: 'caught-up'; pages: number }
  /** `problems`: one sentence each; none means the greens passed. */
  | { on: 'checked'; problems: readonly string[]; before?: Course['before'] }
  | { on: 'fenced'; fences: Slots }
  | { on: 'transferred'; digests: Comparisons }
  | { on: 'activated'; activations: Slots }
  | { on: 'handed-over'; passages: Passages; roots: Comparisons }
  | { on: 'routed' }
  | { on: 'linked' }
  | { on: 'reconciled'; passages: Passages }
  | { on: 'upgraded'; passages: Passages; baselines: Observations }
  /** One of them refused; `upgraded` run the new code nevertheless. */
  | { on: 'upgrade-refused'; reason: string; upgraded: readonly string[] }
  /** `silent`: processes that compute nothing any more. */
  | { on: 'proved'; problems: readonly string[]; silent?: readonly ProcessId[] }
  /** `unwell`: others than those that were moved; they are nobody's fault, and the next batch waits. */
  | { on: 'gated'; problems: readonly string[]; unwell: readonly string[] }
  | { on: 'frozen' }
  | { on: 'unfrozen' }
  | { on: 'retired'; passages: Passages; forwarders: Forwarders }
  | { on: 'thawed' }
  | { on: 'discarded' }
  /** The command cannot succeed by being repeated. Outages are no events: the runner waits, or stops to be resumed. */
  | { on: 'failed'; reason: string; silent?: readonly ProcessId[] }
  | { on: 'reclaimed'; passages: Passages; forwarders: Forwarders }
  /** A person asks a stuck deployment to try again. */
  | { on: 'resumed' }
  /** A person keeps the release that is stuck because it failed its tests. */
  | { on: 'accepted' }
  /** A person wants the old release back. Comes again before each command until the machine has turned round. */
  | { on: 'abort-requested'; reason: string }
);

export interface Step<State> {
  state: State;
  /** Absent: the strategy is at its end. */
  command?: DeployCommand;
}

/** What a strategy needs of the plan; `batch`, `attempt` and `bakeMs` as in the course that it begins. */
export interface Route {
  changes: Course['changes'];
  /** The way back, or why there is none. */
  reverse: ReverseCourse;
  /** For strategies that go in batches. */
  rollout?: Rollout;
  batch?: number;
  attempt?: number;
  bakeMs?: number;
}

/** The course that begins a route. */
export const courseOf = ({ changes, batch, attempt = 1, bakeMs }: Route): Course => ({
  direction: 'forward', changes, modules: {}, greens: {}, attempt,
  ...(batch === undefined ? {} : { batch }), ...(bakeMs === undefined ? {} : { bakeMs }),
});

/** Where a deployment stands, in words every strategy shares. */
export interface Standing {
  /** Everything that was gone through, and what is under way, oldest first. Never empty. */
  passes: readonly Pass[];
  /** Present when there is nothing left to do, or nothing without a person. */
  end?: { outcome: Outcome; reason?: string };
}

/**
 * A deployment strategy is a pure state machine: no I/O, no clock, no randomness. The journal keeps the events alone, and
 * a resumed runner feeds them to the machine again: the same plan and the same events must lead to the same state.
 */
export interface DeployStrategy<State extends { phase: string } = { phase: string }> {
  readonly name: string;
  start(route: Route): Step<State>;
  /** An event the state does not expect leaves it as it is, without a command. */
  next(state: State, event: DeployEvent): Step<State>;
  /** The command of a state, to be performed again after a crash. Absent at the end. */
  command(state: State): DeployCommand | undefined;
  standing(state: State): Standing;
  /** Begins the way back from a pass that ended well, for a rollout whose later batch failed. Absent: it cannot be rolled out in batches. */
  turnBack?(pass: Required<Pick<Pass, 'course' | 'cut'>>, reverse: ReverseCourse, reason: string): Step<State>;
}
