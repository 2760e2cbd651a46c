import { Fault, silentLogger } from '@beamline/core';
import type { DeploymentReport } from './report.ts';
import { reportOf } from './deployment-report.ts';
import { assertConditions } from './condition.ts';
import { assertNoDrift } from './drift.ts';
import { withEnd, withServing } from './environment-after.ts';
import { emptyState } from './environment-state.ts';
import type { EnvironmentState } from './environment-state.ts';
import { createItemLedger } from './item-ledger.ts';
import type { JournalEntry } from './journal.ts';
import { assertReady } from './perform/preflight.ts';
import { perform } from './perform/perform.ts';
import { createSite } from './perform/create-site.ts';
import { patiently } from './patience.ts';
import type { DeploymentPlan } from './plan.ts';
import { readJournal, stateAfter } from './read-journal.ts';
import { abortReason, isAccepted, isPaused } from './requests.ts';
import type { RunnerOptions } from './runner-options.ts';
import { tellSafely } from './timeline.ts';
import { ownStrategies } from './strategies/own-strategies.ts';
import type { DeployCommand, DeployEvent, DeployStrategy } from './strategy.ts';

type State = { phase: string };

/**
 * Carries out plans. Everything it is about to do is in the journal before it does it, so a runner that is killed at any
 * moment can be followed by another one, here or elsewhere, that shares journal, environments and signer.
 *
 * Faults before anything was done: `deployer/locked`, `deployer/unfinished`, `deployer/drifted`,
 * `deployer/not-ready`, `deployer/bundle-mismatch`. Afterwards only `deployer/interrupted` (retryable: resume it); a
 * deployment that cannot go on by itself is a report with outcome `stuck`.
 */
export interface Runner {
  run(plan: DeploymentPlan, signal?: AbortSignal): Promise<DeploymentReport>;
  /** Goes on where a deployment stopped. A finished one answers with its report. */
  resume(deployment: string, signal?: AbortSignal): Promise<DeploymentReport>;
}

export function createRunner(options: RunnerOptions): Runner {
  const { environments, journal, lock, clock, logger = silentLogger, patienceMs = 30_000 } = options;
  const tell = tellSafely(options.onEvent);
  const { strategies = ownStrategies } = options;
  const known = (name: string): DeployStrategy | undefined => strategies.find((strategy) => strategy.name === name);

  const carryOn = async (
    strategy: DeployStrategy, plan: DeploymentPlan, environment: EnvironmentState, from: State, written: readonly JournalEntry[],
    startedAt: number, signal?: AbortSignal,
  ): Promise<DeploymentReport> => {
    const ledger = createItemLedger(journal, plan.id, written);
    let state = from;
    let stored = environment;
    const site = createSite({ ...options, onEvent: tell }, plan, () => stored, ledger);

    const keepServing = async (): Promise<void> => {
      const next = withServing(stored, strategy.standing(state));
      if (JSON.stringify(next) !== JSON.stringify(stored)) stored = await environments.write(next);
    };
    const move = async (event: DeployEvent): Promise<void> => {
      state = strategy.next(state, event).state;
      await journal.append(plan.id, { kind: 'moved', event, phase: state.phase, at: clock.now() });
      await keepServing();
    };
    /** Hears what people ask between two commands. */
    const listen = async (): Promise<void> => {
      let requests = await site.requests();
      for (let told = false; isPaused(requests) && canWait(strategy.command(state)) && abortReason(requests) === undefined; requests = await site.requests()) {
        if (!told) tell({ deployment: plan.id, step: state.phase, direction: strategy.command(state)!.course.direction, at: clock.now(), state: 'progress', detail: 'paused' });
        told = true;
        await clock.sleep(PAUSE_POLL_MS, signal);
      }
      const reason = abortReason(requests);
      if (reason === undefined) return;
      const event: DeployEvent = { on: 'abort-requested', reason, at: clock.now() };
      if (strategy.next(state, event).state.phase !== state.phase) await move(event);
    };

    // Killed after its last journal entry, before the environment was told.
    await keepServing();
    if (strategy.standing(state).end?.outcome === 'stuck') {
      const accepted: DeployEvent = { on: 'accepted', at: clock.now() };
      const answers = isAccepted(await site.requests()) && strategy.next(state, accepted).state !== state;
      await move(answers ? accepted : { on: 'resumed', at: clock.now() });
    }
    for (;;) {
      await listen();
      const command = strategy.command(state);
      if (command === undefined) break;
      signal?.throwIfAborted();
      const { direction, batch } = command.course;
      const step = { deployment: plan.id, step: state.phase, direction, ...(batch === undefined ? {} : { batch }) };
      const began = clock.now();
      const current = command;
      tell({ ...step, at: began, state: 'started' });
      const event = await patiently({ clock, patienceMs, logger, ...(signal === undefined ? {} : { signal }) },
        plan.id, () => perform(site, current, signal));
      const at = clock.now();
      const failed = event.on === 'failed';
      tell({
        ...step, at, state: failed ? 'failed' : 'done', ms: at - began, ...(failed ? { detail: event.reason } : {}),
      });
      await move(event);
    }

    const standing = strategy.standing(state);
    const report = reportOf(plan, standing, startedAt, clock.now());
    if (report.outcome === 'stuck') return report;
    await environments.write(withEnd(stored, plan, standing, report));
    await journal.append(plan.id, { kind: 'closed', at: clock.now() });
    return report;
  };

  return {
    async run(plan, signal) {
      const at = clock.now();
      const strategy = known(plan.strategy);
      if (strategy === undefined) throw new Fault('deployer/bad-plan', `the plan is for strategy ${plan.strategy}, the runner knows ${strategies.map(({ name }) => name).join(', ')}`, { hint: 'Make a new plan with one of these.' });
      const lease = await lock.acquire(plan.environment, `deployment ${plan.id}`, at);
      try {
        const environment = (await environments.read(plan.environment)) ?? emptyState(plan.environment, plan.game);
        assertFree(environment);
        assertNoDrift(plan, environment);
        await assertReady(options, plan);
        const { state } = strategy.start(plan);
        assertConditions(options.analysis ?? []);
        await journal.append(plan.id, { kind: 'began', version: 2, plan, strategy: strategy.name, at });
        const held = await environments.write({ ...environment, running: plan.id });
        return await carryOn(strategy, plan, held, state, [], at, signal);
      } finally {
        await lease.release();
      }
    },

    async resume(deployment, signal) {
      const found = await readJournal(journal, deployment);
      const { plan, entries, startedAt } = found;
      const lease = await lock.acquire(plan.environment, `deployment ${deployment}`, clock.now());
      try {
        const environment = (await environments.read(plan.environment)) ?? emptyState(plan.environment, plan.game);
        const past = environment.history.find(({ id }) => id === deployment);
        if (past !== undefined) {
          if (!found.closed) await journal.append(deployment, { kind: 'closed', at: clock.now() });
          return past;
        }
        const strategy = known(found.strategy);
        if (strategy === undefined) {
          throw new Fault('deployer/other-strategy', `${deployment} was begun with ${found.strategy}, this runner knows ${strategies.map(({ name }) => name).join(', ')}`, {
            hint: `Resume it with the strategy ${found.strategy}.`,
          });
        }
        const state = stateAfter(strategy, found);
        if (environment.running !== deployment) {
          // Killed between its first journal entry and taking the environment: nothing was done, and others may have come.
          assertFree(environment);
          assertNoDrift(plan, environment);
        }
        const held = environment.running === deployment ? environment : await environments.write({ ...environment, running: deployment });
        return await carryOn(strategy, plan, held, state, entries, startedAt, signal);
      } finally {
        await lease.release();
      }
    },
  };
}

const PAUSE_POLL_MS = 500;

/** Whether nobody is held up while a command is not begun. */
function canWait(command: DeployCommand | undefined): boolean {
  switch (command?.do) {
    case undefined:
    case 'transfer':
    case 'activate':
    case 'hand-over':
    case 'route':
    case 'link':
    case 'reconcile':
    case 'thaw':
    case 'freeze':
    case 'unfreeze':
      return false;
    default:
      return true;
  }
}

function assertFree({ running, environment }: EnvironmentState): void {
  if (running === undefined) return;
  throw new Fault('deployer/unfinished', `deployment ${running} of ${environment} has not ended`, {
    hint: `Finish it first: beamline deploy --resume ${running}`,
  });
}
