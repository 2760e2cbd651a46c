import { beforeEach, expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { emptyState, type DeploymentPlan, type DeploymentReport, type EnvironmentState } from '@beamline/deployer';
import type { ProbationConfig } from '../src/config.ts';
import { createProbation } from '../src/environment/probation.ts';
import { createMemoryTimeline } from '../src/timeline/memory-timeline.ts';

const ended = (id: string, from: string, to: string, endedAt: number, outcome: DeploymentReport['outcome'] = 'complete'): DeploymentReport =>
  ({ version: 1, id, strategy: 'rolling', outcome, from, to, startedAt: endedAt, endedAt, instances: {} });

let clock: ReturnType<typeof createManualClock>;
let state: EnvironmentState;
let problems: string[];
let done: string[];
let refuses: Error | undefined;
let events: ReturnType<typeof createMemoryTimeline>;
const notes = () => events.list().flatMap((event) => (event.kind === 'note' ? [event.text] : []));

beforeEach(() => {
  clock = createManualClock();
  state = { ...emptyState('live', 'arena'), history: [ended('d1', 'r0', 'r1', clock.now() - 1e9), ended('d2', 'r1', 'r2', clock.now())] };
  [problems, done, refuses] = [[], [], undefined];
  events = createMemoryTimeline({ clock });
});

const probation = (config: Partial<ProbationConfig> = {}) => createProbation({
  config: { for: '1h', every: '10s', ...config }, clock, events, state: async () => state,
  lookAfter: async (id) => {
    done.push(`look at ${id}`);
    return problems;
  },
  planRollback: async () => {
    if (refuses !== undefined) throw refuses;
    return { id: 'back' } as DeploymentPlan;
  },
  deploy: async ({ id }) => {
    done.push(`deploy ${id}`);
    state = { ...state, history: [...state.history, ended(id, 'r2', 'r1', clock.now())] };
    return state.history.at(-1)!;
  },
});

async function pass(look: () => Promise<void>, seconds: number): Promise<void> {
  for (let n = 0; n < seconds; n += 1) {
    await look();
    await clock.advance(1_000);
  }
}

it('looks at the newest release at its pace, as long as its probation lasts', async () => {
  const look = probation();
  await pass(look, 30);
  expect(done).toEqual(['look at d2', 'look at d2', 'look at d2']);
  await clock.advance(3_600_000);
  await pass(look, 30);
  expect(done).toHaveLength(3);
});

it('tells once what is wrong, and leaves the release where nobody said to take it back', async () => {
  problems = ['world-0: 9 of 10 messages failed'];
  await pass(probation(), 60);
  expect(notes()).toEqual(['Release r2 fails on probation: world-0: 9 of 10 messages failed']);
  expect(done).toEqual(['look at d2']);
});

it('takes it back, and does not go back and forth when the old one fails, too', async () => {
  problems = ['it is slow'];
  await pass(probation({ rollBack: true }), 60);
  expect(done).toEqual(['look at d2', 'deploy back', 'look at back']);
  expect(notes()).toEqual(['Release r2 fails on probation: it is slow', 'Release r1 fails on probation: it is slow']);
});

it('says why it cannot be taken back', async () => {
  problems = ['it is slow'];
  refuses = new Fault('deployer/irreversible', 'role world cannot go back');
  await pass(probation({ rollBack: true }), 30);
  expect(notes().at(-1)).toBe('It was not rolled back: deployer/irreversible: role world cannot go back');
});

it.each([['one under way', { running: 'd3' }], ['one that was rolled back', { history: [ended('d3', 'r1', 'r2', 0, 'rolled-back')] }], ['none', { history: [] }]])('leaves alone %s', async (_, change) => {
  state = { ...state, ...change };
  await pass(probation(), 20);
  expect(done).toEqual([]);
});
