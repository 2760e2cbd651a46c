import { Fault, isFault } from '@beamline/core';
import {
  readJournal, standingOfJournal, type DeploymentReport, type DeploymentRequests, type EnvironmentLock, type EnvironmentState, type Journal, type JournaledDeployment,
} from '@beamline/deployer';
import { decisionOf } from './decision.ts';
import type { DeploymentDetail, DeploymentEntry, Deployments } from './deployments.ts';

export interface DeploymentsContext {
  environment: string;
  state(): Promise<EnvironmentState>;
  journal: Journal;
  requests: DeploymentRequests;
  lock: EnvironmentLock;
  resume(id: string, signal?: AbortSignal): Promise<DeploymentReport>;
}

/** Reads what journals, requests and the history say. Nothing here reaches the network but `resume`. */
export function createDeployments({ environment, state, journal, requests, lock, resume }: DeploymentsContext): Deployments {
  async function running(id: string): Promise<DeploymentDetail> {
    const journaled = await readJournal(journal, id);
    const holder = await lock.holder(environment);
    const standing = standingOfJournal(journaled);
    const asked = await requests.read(id);
    const { plan, startedAt } = journaled;
    return {
      id, state: standing?.stuck !== undefined && holder === undefined ? 'stuck' : holder === undefined ? 'interrupted' : 'running',
      ...(plan.from === undefined ? {} : { from: plan.from }), to: plan.to, strategy: plan.strategy, startedAt, writePauseMs: 0, heldMessages: 0, redelivered: 0,
      ...(standing?.stuck === undefined ? {} : { reason: standing.stuck }), ...toldBy(journaled), requests: asked, instances: {},
      decision: decisionOf({ environment, id, standing, requests: asked, holder }),
    };
  }

  async function ended(report: DeploymentReport): Promise<DeploymentDetail> {
    const found = await readJournal(journal, report.id).catch((error: unknown) => {
      // What it came to is known without it.
      if (isFault(error)) return `${error.code}: ${error.message}`;
      throw error;
    });
    const told = typeof found === 'string' ? { steps: [], items: { signed: 0, refused: 0 }, journal: found } : toldBy(found);
    const { instances, reverse } = report;
    return { ...entryOf(report), ...told, requests: await requests.read(report.id), instances, ...(reverse === undefined ? {} : { reverse }) };
  }

  return {
    async list() {
      const { running: id, history } = await state();
      const past = history.map(entryOf).reverse();
      if (id === undefined) return past;
      const { steps: _steps, items: _items, requests: _requests, instances: _instances, decision: _decision, ...entry } = await running(id);
      return [entry, ...past];
    },

    async show(asked) {
      const { running: now, history } = await state();
      const id = asked ?? now ?? history.at(-1)?.id;
      if (id !== undefined && id === now) return running(id);
      const report = history.find((each) => each.id === id);
      if (report !== undefined) return ended(report);
      throw new Fault('stack/unknown-deployment', id === undefined ? `nothing was ever deployed to ${environment}` : `${environment} knows no deployment ${id}`, {
        hint: `beamline deployments list ${environment} shows what it knows.`,
      });
    },

    async resume(asked, signal) {
      const id = asked ?? (await state()).running;
      if (id === undefined) throw new Fault('stack/nothing-to-resume', `no deployment of ${environment} waits to be finished`);
      return resume(id, signal);
    },
  };
}

function toldBy({ entries, plan, startedAt }: JournaledDeployment): Pick<DeploymentDetail, 'steps' | 'items'> {
  return {
    steps: [
      { at: startedAt, phase: 'planned', because: `plan ${plan.id}` },
      ...entries.flatMap((entry) => (entry.kind === 'moved' ? [{ at: entry.at, phase: entry.phase, because: becauseOf(entry.event) }] : [])),
    ],
    items: { signed: entries.filter(({ kind }) => kind === 'signed').length, refused: entries.filter(({ kind }) => kind === 'voided').length },
  };
}

const becauseOf = (event: { on: string; reason?: string; problems?: readonly string[] }): string =>
  [event.on, event.reason ?? (event.problems ?? []).join('; ')].filter((part) => part !== '').join(': ');

function entryOf({ id, outcome, from, to, strategy, startedAt, endedAt, instances, reverse = {}, reason }: DeploymentReport): DeploymentEntry {
  const passages = [...Object.values(instances), ...Object.values(reverse)];
  const sum = (of: (passage: (typeof passages)[number]) => number): number => passages.reduce((total, passage) => total + of(passage), 0);
  return {
    id, state: outcome, ...(from === undefined ? {} : { from }), to, strategy, startedAt, endedAt,
    writePauseMs: Math.max(0, ...passages.map(({ writePauseMs }) => writePauseMs)), heldMessages: sum(({ heldMessages }) => heldMessages),
    redelivered: sum(({ redelivered }) => redelivered), ...(reason === undefined ? {} : { reason }),
  };
}
