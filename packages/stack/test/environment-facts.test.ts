import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { emptyState, type DeploymentReport, type EnvironmentState } from '@beamline/deployer';
import { createDeploymentFeed } from '../src/environment/deployment-feed.ts';
import { statusReport, type StatusFacts } from '../src/environment/status-report.ts';
import { createMemoryTimeline } from '../src/timeline/memory-timeline.ts';

const passage = { writePauseMs: 0, deliveredAfterMs: 0, heldMessages: 0, redelivered: 0 };
const report = (changes: Partial<DeploymentReport> = {}): DeploymentReport => ({
  version: 1, id: 'd1', strategy: 'blue-green', outcome: 'complete', from: 'r1', to: 'r2', startedAt: 1_000, endedAt: 3_000,
  instances: {
    'world-0': { ...passage, blue: 'b', green: 'g', fence: 12, writePauseMs: 62, heldMessages: 3 },
    'battle-0': { ...passage, blue: 'c', green: 'h', fence: 9, writePauseMs: 99, heldMessages: 1 },
    'market-0': { ...passage, green: 'm' },
  },
  ...changes,
});
const facts = (state: Partial<EnvironmentState>, changes: Partial<StatusFacts> = {}): StatusFacts => ({
  state: { ...emptyState('local', 'arena'), ...state }, version: '', node: { url: 'u', address: 'a', build: 'b' }, samples: [], snapshots: [], events: [], at: 5_000, ...changes,
});

it('reports an environment in which nothing runs as empty', () => {
  expect(statusReport(facts({}))).toMatchObject({ game: 'arena', environment: 'local', health: 'empty', release: { id: '', version: '' }, deployments: [] });
});

it('lists deployments newest first, with the longest pause and all held messages', () => {
  const { deployments } = statusReport(facts({ history: [report(), report({ id: 'd2', outcome: 'rolled-back', reason: 'smoke' })] }));
  expect(deployments).toMatchObject([
    { id: 'd2', state: 'rolled-back', reason: 'smoke' },
    { id: 'd1', state: 'complete', from: 'r1', to: 'r2', writePauseMs: 99, heldMessages: 4, startedAt: 1_000, endedAt: 3_000 },
  ]);
});

it('shows the deployment that has not ended, with what the timeline knows about it', () => {
  const events = createMemoryTimeline({ clock: createManualClock(4_000) });
  events.publish({ kind: 'deployment', deployment: 'd3', state: 'running', from: 'r1', to: 'r3', strategy: 'blue-green' });
  const { deployments } = statusReport(facts({ running: 'd3', release: 'r1' }, { events: events.list() }));
  expect(deployments).toMatchObject([{ id: 'd3', state: 'running', from: 'r1', to: 'r3', startedAt: 4_000, endedAt: 0 }]);
});

it('tells a deployment from its plan to its write pauses and its end', () => {
  const events = createMemoryTimeline({ clock: createManualClock() });
  const feed = createDeploymentFeed(events);
  feed.began({ id: 'd1', from: 'r1', to: 'r2', toVersion: '2.0.0', strategy: 'blue-green' } as Parameters<typeof feed.began>[0]);
  feed.step({ at: 0, deployment: 'd1', step: 'fencing', direction: 'forward', state: 'started' });
  feed.step({ at: 0, deployment: 'd1', step: 'fencing', direction: 'forward', state: 'done', instance: 'world-0', detail: 'slot 12' });
  feed.step({ at: 0, deployment: 'd1', step: 'fencing', direction: 'forward', state: 'done', ms: 22 });
  feed.ended({ toVersion: '2.0.0' }, report());
  expect(events.list().map(({ id: _, at: __, ...event }) => event)).toEqual([
    { kind: 'deployment', deployment: 'd1', state: 'running', from: 'r1', to: 'r2', version: '2.0.0', strategy: 'blue-green', way: expect.arrayContaining(['publishing', 'retiring']) },
    { kind: 'step', deployment: 'd1', step: 'fencing', state: 'started' },
    { kind: 'step', deployment: 'd1', step: 'fencing', state: 'progress', instance: 'world-0', detail: 'slot 12' },
    { kind: 'step', deployment: 'd1', step: 'fencing', state: 'done', ms: 22 },
    { kind: 'write-pause', deployment: 'd1', instance: 'world-0', ms: 62, held: 3 },
    { kind: 'write-pause', deployment: 'd1', instance: 'battle-0', ms: 99, held: 1 },
    { kind: 'deployment', deployment: 'd1', state: 'complete', from: 'r1', to: 'r2', version: '2.0.0', strategy: 'blue-green', ms: 2_000 },
  ]);
});

it('marks the way back, and tells why', () => {
  const events = createMemoryTimeline({ clock: createManualClock() });
  const feed = createDeploymentFeed(events);
  feed.step({ at: 0, deployment: 'd1', step: 'spawning', direction: 'reverse', state: 'started' });
  feed.ended({ toVersion: '2.0.0' }, report({ outcome: 'rolled-back', reason: 'Move answers 500', reverse: { 'world-0': { ...passage, green: 'k', fence: 3, writePauseMs: 40 } } }));
  expect(events.list()).toMatchObject([
    { kind: 'step', reverse: true },
    { kind: 'write-pause', instance: 'world-0', ms: 62 }, { kind: 'write-pause', instance: 'battle-0' }, { kind: 'write-pause', instance: 'world-0', ms: 40 },
    { kind: 'deployment', state: 'rolled-back', detail: 'Move answers 500' },
  ]);
});
