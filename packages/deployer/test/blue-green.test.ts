import { describe, expect, it } from '@jest/globals';
import { blueGreen } from '../src/index.ts';
import type { BlueGreenState, Change, Course, CutOver, DeployEvent, Phase, ReverseCourse } from '../src/index.ts';
import type { Working } from '../src/strategies/blue-green-state.ts';
import { describeStrategy } from './describe-strategy.ts';

const layout = { format: 1, components: [] } as unknown as Change['layout'];
const change: Change = {
  instance: 'world-0', role: 'world', shard: 0, kind: 'replace', blue: 'BLUE', forwarders: ['OLDER'], alias: 'arena-world-0-local',
  release: 'v2', bundle: 'b2', layout, layoutHash: 'l2', migrations: [], level: 0,
};
const back: ReverseCourse = { changes: [{ ...change, blue: undefined, forwarders: [], release: 'v1', bundle: 'b1' } as unknown as Change] };
const course: Course = { direction: 'forward', changes: [change], modules: { b2: 'MODULE' }, greens: { 'world-0': 'GREEN' }, attempt: 1 };
const fences = { 'world-0': 9 };
const activations = { 'world-0': 5 };
const roots = { 'world-0': { expected: 'aa', green: 'aa' } };
const passages = { 'world-0': { fencedAt: 100, activeAt: 150, deliveredAt: 160, held: 3, redelivered: 0 } };
const cut: CutOver = { fences, roots, activations, passages };
const on = { course, back };

const states: Record<Phase, BlueGreenState> = {
  publishing: { ...on, phase: 'publishing' },
  spawning: { ...on, phase: 'spawning' },
  introducing: { ...on, phase: 'introducing' },
  restoring: { ...on, phase: 'restoring' },
  'catching-up': { ...on, phase: 'catching-up', round: 1 },
  checking: { ...on, phase: 'checking' },
  fencing: { ...on, phase: 'fencing' },
  transferring: { ...on, phase: 'transferring', fences },
  activating: { ...on, phase: 'activating', fences },
  linking: { ...on, phase: 'linking', cut },
  'handing-over': { ...on, phase: 'handing-over', cut },
  routing: { ...on, phase: 'routing', cut },
  reconciling: { ...on, phase: 'reconciling', cut },
  proving: { ...on, phase: 'proving', cut },
  retiring: { ...on, phase: 'retiring', cut },
  thawing: { ...on, phase: 'thawing', reason: 'because' },
  discarding: { ...on, phase: 'discarding', reason: 'because' },
  reclaiming: { ...on, phase: 'reclaiming', before: { course, cut } },
  collecting: { ...on, phase: 'collecting', before: { course, cut }, cut },
  freezing: { ...on, phase: 'freezing', cut, reason: 'because' },
  unfreezing: { ...on, phase: 'unfreezing', cut },
  stuck: { phase: 'stuck', at: { ...on, phase: 'routing', cut }, reason: 'no alias' },
  done: { ...on, phase: 'done', cut, forwarders: {} },
  aborted: { ...on, phase: 'aborted', reason: 'because' },
};

const events = {
  published: { on: 'published', modules: { b2: 'MODULE' }, greens: { 'world-0': 'GREEN' }, at: 1 },
  spawned: { on: 'spawned', at: 1 },
  introduced: { on: 'introduced', at: 1 },
  restored: { on: 'restored', at: 1 },
  'caught-up far': { on: 'caught-up', pages: 100, at: 1 },
  'caught-up near': { on: 'caught-up', pages: 1, at: 1 },
  'checked well': { on: 'checked', problems: [], at: 1 },
  'checked badly': { on: 'checked', problems: ['green says no'], at: 1 },
  fenced: { on: 'fenced', fences, at: 1 },
  'transferred equal': { on: 'transferred', digests: roots, at: 1 },
  'transferred different': { on: 'transferred', digests: { 'world-0': { expected: 'aa', green: 'bb' } }, at: 1 },
  activated: { on: 'activated', activations, at: 1 },
  linked: { on: 'linked', at: 1 },
  'handed-over equal': { on: 'handed-over', passages, roots, at: 1 },
  'handed-over different': { on: 'handed-over', passages, roots: { 'world-0': { expected: 'aa', green: 'bb' } }, at: 1 },
  routed: { on: 'routed', at: 1 },
  reconciled: { on: 'reconciled', passages, at: 1 },
  'proved well': { on: 'proved', problems: [], at: 1 },
  'proved badly': { on: 'proved', problems: ['players fall through the floor'], at: 1 },
  retired: { on: 'retired', passages, forwarders: { 'world-0': ['BLUE'] }, at: 1 },
  thawed: { on: 'thawed', at: 1 },
  discarded: { on: 'discarded', at: 1 },
  'proved silent': { on: 'proved', problems: ['it is 9 slots behind'], silent: ['GREEN'], at: 1 },
  'failed silent': { on: 'failed', reason: 'deployer/silent', silent: ['GREEN'], at: 1 },
  'failed elsewhere': { on: 'failed', reason: 'deployer/silent', silent: ['SOMEBODY'], at: 1 },
  reclaimed: { on: 'reclaimed', passages, forwarders: {}, at: 1 },
  frozen: { on: 'frozen', at: 1 },
  unfrozen: { on: 'unfrozen', at: 1 },
  accepted: { on: 'accepted', at: 1 },
  'abort-requested': { on: 'abort-requested', reason: 'ann wants it back', at: 1 },
  failed: { on: 'failed', reason: 'the node said no', at: 1 },
  resumed: { on: 'resumed', at: 1 },
} satisfies Record<string, DeployEvent>;

type Event = keyof typeof events;
type Outcome = Phase | 'same';

const same: Record<Event, 'same'> = {
  published: 'same', spawned: 'same', introduced: 'same', restored: 'same', 'caught-up far': 'same', 'caught-up near': 'same',
  'checked well': 'same', 'checked badly': 'same', fenced: 'same', 'transferred equal': 'same',
  'transferred different': 'same', activated: 'same', linked: 'same', 'handed-over equal': 'same', 'handed-over different': 'same', routed: 'same',
  reconciled: 'same', 'proved well': 'same', 'proved badly': 'same', retired: 'same', thawed: 'same', discarded: 'same',
  'proved silent': 'same', 'failed silent': 'same', 'failed elsewhere': 'same', reclaimed: 'same', frozen: 'same', unfrozen: 'same', accepted: 'same', 'abort-requested': 'same', failed: 'same', resumed: 'same',
};

// Every phase × every event. `Record` without `Partial`: a new phase or event does not compile until it has its row.
const table: Record<Phase, Record<Event, Outcome>> = {
  publishing: { ...same, published: 'spawning', failed: 'discarding', 'abort-requested': 'discarding', 'failed silent': 'discarding', 'failed elsewhere': 'discarding' },
  spawning: { ...same, spawned: 'introducing', failed: 'discarding', 'abort-requested': 'discarding', 'failed silent': 'discarding', 'failed elsewhere': 'discarding' },
  introducing: { ...same, introduced: 'restoring', failed: 'discarding', 'abort-requested': 'discarding', 'failed silent': 'discarding', 'failed elsewhere': 'discarding' },
  restoring: { ...same, restored: 'catching-up', failed: 'discarding', 'abort-requested': 'discarding', 'failed silent': 'discarding', 'failed elsewhere': 'discarding' },
  'catching-up': { ...same, 'caught-up far': 'catching-up', 'caught-up near': 'checking', failed: 'discarding', 'abort-requested': 'discarding', 'failed silent': 'discarding', 'failed elsewhere': 'discarding' },
  checking: { ...same, 'checked well': 'fencing', 'checked badly': 'discarding', failed: 'discarding', 'abort-requested': 'discarding', 'failed silent': 'discarding', 'failed elsewhere': 'discarding' },
  fencing: { ...same, fenced: 'transferring', failed: 'thawing', 'abort-requested': 'thawing', 'failed silent': 'thawing', 'failed elsewhere': 'thawing' },
  transferring: { ...same, 'transferred equal': 'activating', 'transferred different': 'thawing', failed: 'thawing', 'abort-requested': 'thawing', 'failed silent': 'thawing', 'failed elsewhere': 'thawing' },
  activating: { ...same, activated: 'handing-over', failed: 'thawing', 'failed silent': 'thawing', 'failed elsewhere': 'thawing' },
  'handing-over': { ...same, 'handed-over equal': 'routing', 'handed-over different': 'stuck', failed: 'stuck', 'failed silent': 'reclaiming', 'failed elsewhere': 'stuck' },
  routing: { ...same, routed: 'linking', failed: 'stuck', 'failed silent': 'reclaiming', 'failed elsewhere': 'stuck' },
  linking: { ...same, linked: 'reconciling', failed: 'stuck', 'failed silent': 'reclaiming', 'failed elsewhere': 'stuck' },
  reconciling: { ...same, reconciled: 'proving', failed: 'stuck', 'failed silent': 'reclaiming', 'failed elsewhere': 'stuck' },
  proving: { ...same, 'proved well': 'retiring', 'proved badly': 'publishing', failed: 'publishing', 'abort-requested': 'publishing', 'failed silent': 'reclaiming', 'failed elsewhere': 'publishing', 'proved silent': 'reclaiming' },
  reclaiming: { ...same, reclaimed: 'routing', failed: 'stuck', 'failed silent': 'stuck', 'failed elsewhere': 'stuck' },
  collecting: { ...same, reclaimed: 'proving', failed: 'stuck', 'failed silent': 'stuck', 'failed elsewhere': 'stuck' },
  freezing: { ...same, frozen: 'stuck', failed: 'stuck', 'failed silent': 'stuck', 'failed elsewhere': 'stuck' },
  unfreezing: { ...same, unfrozen: 'proving', failed: 'stuck', 'failed silent': 'stuck', 'failed elsewhere': 'stuck' },
  retiring: { ...same, retired: 'done', failed: 'stuck', 'failed silent': 'stuck', 'failed elsewhere': 'stuck' },
  thawing: { ...same, thawed: 'discarding', failed: 'stuck', 'failed silent': 'stuck', 'failed elsewhere': 'stuck' },
  discarding: { ...same, discarded: 'aborted', failed: 'aborted', 'failed silent': 'aborted', 'failed elsewhere': 'aborted' },
  stuck: { ...same, resumed: 'routing' },
  done: same,
  aborted: same,
};

describeStrategy({ strategy: blueGreen(), states, events, table });

const problems = events['proved badly'];
const reached = (state: BlueGreenState, event: DeployEvent = problems) => blueGreen().next(state, event).state;

describe('turning back', () => {
  it('goes from green to a new process of the old release, re-pointing blue and those before it', () => {
    const step = blueGreen().next(states.proving, problems);
    expect(step.state).toMatchObject({
      phase: 'publishing',
      course: {
        direction: 'reverse', greens: {}, because: 'players fall through the floor',
        changes: [{ release: 'v1', blue: 'GREEN', forwarders: ['OLDER', 'BLUE'] }],
      },
      before: { course, cut },
    });
    expect(step.command?.do).toBe('publish');
  });

  it('freezes the new release for a person when the migration has no reverse, and looks again when asked to', () => {
    const frozen = reached({ ...on, back: { impossible: 'the values of Gold are gone' }, phase: 'proving', cut });
    expect(frozen).toMatchObject({ phase: 'freezing', reason: expect.stringContaining('the values of Gold are gone') });
    const stuck = reached(frozen, events.frozen);
    expect(blueGreen().standing(stuck)).toMatchObject({ passes: [{ serving: 'green' }], end: { outcome: 'stuck', reason: expect.stringContaining('held until somebody decides') } });
    const again = blueGreen().next(stuck, events.resumed);
    expect([again.command?.do, reached(again.state, events.unfrozen).phase]).toEqual(['unfreeze', 'proving']);
    const kept = blueGreen().next(stuck, events.accepted);
    expect([kept.command?.do, reached(kept.state, events.unfrozen).phase]).toEqual(['unfreeze', 'retiring']);
  });

  it('takes a first deployment away again', () => {
    const first: Course = { ...course, changes: [{ ...change, kind: 'create' }] };
    expect(reached({ course: first, back: { impossible: 'nothing ran before' }, phase: 'proving', cut }).phase).toBe('discarding');
  });

  it('removes what the failed release had added', () => {
    const added: Course = {
      ...course, changes: [change, { ...change, instance: 'market-0', kind: 'create' }], greens: { 'world-0': 'GREEN', 'market-0': 'NEW' },
    };
    expect(reached({ course: added, back, phase: 'proving', cut })).toMatchObject({ course: { removals: { 'market-0': 'NEW' } } });
  });

  it('is not aborted twice, nor on the way back', () => {
    const back = reached(states.proving, events['abort-requested']);
    expect(back).toMatchObject({ phase: 'publishing', course: { direction: 'reverse', because: 'ann wants it back' } });
    expect(reached(back, events['abort-requested'])).toBe(back);
    expect(reached({ ...back, phase: 'proving', cut } as Working, events['abort-requested'])).toMatchObject({ phase: 'proving' });
  });

  const reversing = reached(states.proving) as Working & { phase: 'publishing' };

  it('does not turn around twice', () => {
    expect(reached({ ...reversing, phase: 'proving', cut })).toMatchObject({ phase: 'stuck' });
  });

  it('asks a person when the way back is undone, and then tries with new processes', () => {
    const stuck = reached({ ...reversing, phase: 'discarding', reason: 'roots differ' }, events.discarded);
    expect(stuck).toMatchObject({ phase: 'stuck', reason: 'the way back failed: roots differ' });
    expect(reached(stuck, events.resumed)).toMatchObject({ phase: 'publishing', course: { attempt: 2, greens: {} } });
  });
});

it('stops catching up after the rounds it was given', () => {
  const { next } = blueGreen({ rounds: 2 });
  const second = next(states['catching-up'], events['caught-up far']).state;
  expect(second).toMatchObject({ phase: 'catching-up', round: 2 });
  expect(next(second, events['caught-up far']).state.phase).toBe('checking');
});

it('says why it aborted, and what it could not clean up', () => {
  expect(reached(states.discarding, events.failed)).toMatchObject({ phase: 'aborted', reason: 'because', leaked: 'the node said no' });
});
