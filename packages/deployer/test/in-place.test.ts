import { describe, expect, it } from '@jest/globals';
import { inPlace } from '../src/index.ts';
import type { Change, Course, CutOver, DeployEvent, InPlaceState, ReverseCourse } from '../src/index.ts';
import { describeStrategy } from './describe-strategy.ts';

const layout = { format: 1, components: [] } as unknown as Change['layout'];
const world: Change = {
  instance: 'world-0', role: 'world', shard: 0, kind: 'upgrade', blue: 'WORLD', forwarders: ['OLDER'], alias: 'arena-world-0-local',
  release: 'v2', bundle: 'b2', layout, layoutHash: 'l2', migrations: [], level: 0,
};
const battle: Change = { ...world, instance: 'battle-0', role: 'battle', blue: 'BATTLE', bundle: 'c2', level: 1 };
const { blue: _none, ...unmade } = world;
const market: Change = { ...unmade, instance: 'market-0', role: 'market', kind: 'create', bundle: 'd2' };
const back: ReverseCourse = { changes: [{ ...world, release: 'v1', bundle: 'b1' }, { ...battle, release: 'v1', bundle: 'c1' }] };
const greens = { 'world-0': 'WORLD', 'battle-0': 'BATTLE', 'market-0': 'MARKET' };
const course: Course = { direction: 'forward', changes: [world, battle, market], modules: { d2: 'MODULE' }, greens, attempt: 1 };
const activations = { 'market-0': 3 };
const passages = { 'world-0': { fencedAt: 100, activeAt: 150, deliveredAt: 150, held: 3, redelivered: 0 } };
const baselines = { 'world-0': { at: 1, applied: 10, refused: 0, errors: 1, entities: 3, measured: {} } };
const cut: CutOver = { fences: {}, roots: {}, activations, passages, baselines };
const on = { course, back };

type Phase = InPlaceState['phase'];

const states: Record<Phase, InPlaceState> = {
  publishing: { ...on, phase: 'publishing' },
  spawning: { ...on, phase: 'spawning' },
  activating: { ...on, phase: 'activating' },
  routing: { ...on, phase: 'routing', activations },
  linking: { ...on, phase: 'linking', activations },
  upgrading: { ...on, phase: 'upgrading', activations },
  removing: { ...on, phase: 'removing', cut },
  proving: { ...on, phase: 'proving', cut },
  discarding: { ...on, phase: 'discarding', reason: 'because' },
  freezing: { ...on, phase: 'freezing', cut, reason: 'because' },
  unfreezing: { ...on, phase: 'unfreezing', cut },
  stuck: { phase: 'stuck', at: { ...on, phase: 'linking', activations }, reason: 'no link' },
  done: { ...on, phase: 'done', cut },
  aborted: { ...on, phase: 'aborted', reason: 'because' },
};

const events = {
  published: { on: 'published', modules: { d2: 'MODULE' }, greens, at: 1 },
  spawned: { on: 'spawned', at: 1 },
  activated: { on: 'activated', activations, at: 1 },
  routed: { on: 'routed', at: 1 },
  linked: { on: 'linked', at: 1 },
  upgraded: { on: 'upgraded', passages, baselines, at: 1 },
  'refused by all': { on: 'upgrade-refused', reason: 'kernel/bad-code', upgraded: [], at: 1 },
  'refused by one': { on: 'upgrade-refused', reason: 'kernel/bad-code', upgraded: ['world-0'], at: 1 },
  'proved well': { on: 'proved', problems: [], at: 1 },
  'proved badly': { on: 'proved', problems: ['players fall through the floor'], at: 1 },
  discarded: { on: 'discarded', at: 1 },
  fenced: { on: 'fenced', fences: {}, at: 1 },
  frozen: { on: 'frozen', at: 1 },
  unfrozen: { on: 'unfrozen', at: 1 },
  accepted: { on: 'accepted', at: 1 },
  'abort-requested': { on: 'abort-requested', reason: 'ann wants it back', at: 1 },
  failed: { on: 'failed', reason: 'the node said no', at: 1 },
  resumed: { on: 'resumed', at: 1 },
} satisfies Record<string, DeployEvent>;

type Event = keyof typeof events;

const same = Object.fromEntries(Object.keys(events).map((event) => [event, 'same'])) as Record<Event, 'same'>;

// Every phase × every event. `Record` without `Partial`: a new phase or event does not compile until it has its row.
const table: Record<Phase, Record<Event, Phase | 'same'>> = {
  publishing: { ...same, published: 'spawning', failed: 'discarding', 'abort-requested': 'discarding' },
  spawning: { ...same, spawned: 'activating', failed: 'discarding', 'abort-requested': 'discarding' },
  activating: { ...same, activated: 'routing', failed: 'discarding', 'abort-requested': 'discarding' },
  routing: { ...same, routed: 'linking', failed: 'discarding', 'abort-requested': 'discarding' },
  linking: { ...same, linked: 'upgrading', failed: 'discarding', 'abort-requested': 'discarding' },
  upgrading: { ...same, upgraded: 'proving', 'refused by all': 'discarding', 'refused by one': 'upgrading', failed: 'stuck' },
  removing: { ...same, discarded: 'proving', failed: 'stuck' },
  proving: { ...same, 'proved well': 'done', 'proved badly': 'upgrading', failed: 'upgrading', 'abort-requested': 'upgrading' },
  freezing: { ...same, frozen: 'stuck', failed: 'stuck' },
  unfreezing: { ...same, unfrozen: 'proving', failed: 'stuck' },
  discarding: { ...same, discarded: 'aborted', failed: 'aborted' },
  stuck: { ...same, resumed: 'linking' },
  done: same,
  aborted: same,
};

describeStrategy({ strategy: inPlace(), states, events, table });

const reached = (state: InPlaceState, event: DeployEvent = events['proved badly']): InPlaceState => inPlace().next(state, event).state;

describe('turning back', () => {
  it('puts the old code into the same processes and takes away what was added', () => {
    expect(reached(states.proving)).toMatchObject({
      phase: 'upgrading', before: { course, cut },
      course: { direction: 'reverse', greens: { 'world-0': 'WORLD', 'battle-0': 'BATTLE' }, removals: { 'market-0': 'MARKET' }, changes: [{ release: 'v1' }, { release: 'v1' }] },
    });
  });

  it('touches only those that took the new code', () => {
    const state = reached(states.upgrading, events['refused by one']);
    expect(state).toMatchObject({ course: { direction: 'reverse', because: 'kernel/bad-code', greens: { 'world-0': 'WORLD' } } });
    const { before, course: way } = state as InPlaceState & { phase: 'upgrading' };
    expect([before!.course.changes, way.changes].map((changes) => changes.map(({ instance }) => instance))).toEqual([['world-0', 'market-0'], ['world-0']]);
  });

  it('retires what it had added, and nothing else, when everybody refused', () => {
    const { command } = inPlace().next(states.upgrading, events['refused by all']);
    expect(command).toMatchObject({ do: 'discard', course: { greens: { 'market-0': 'MARKET' } } });
    expect(command!.course.greens).not.toHaveProperty('world-0');
  });

  it('freezes for a person when the migration has no reverse, and stops when the way back fails', () => {
    const impossible = { impossible: 'the values of Gold are gone' };
    expect(reached({ ...on, back: impossible, phase: 'proving', cut })).toMatchObject({ phase: 'freezing', reason: expect.stringContaining('the values of Gold are gone') });
    const stuck = reached(reached({ ...on, back: impossible, phase: 'proving', cut }), events.frozen);
    expect(reached(reached(stuck, events.resumed), events.unfrozen).phase).toBe('proving');
    expect(reached(reached(stuck, events.accepted), events.unfrozen).phase).toBe('done');
    expect(reached({ ...on, back: impossible, phase: 'upgrading', activations }, events['refused by one'])).toMatchObject({ phase: 'stuck', at: { phase: 'upgrading' } });
    const reverse = reached(states.proving) as InPlaceState & { phase: 'upgrading' };
    expect(reached(reverse, events['refused by one'])).toMatchObject({ phase: 'stuck', reason: 'the way back was refused: kernel/bad-code' });
    const removed = reached(reverse, events.upgraded);
    expect(removed.phase).toBe('removing');
    expect(inPlace().command(removed)).toMatchObject({ do: 'discard', course: { greens: { 'market-0': 'MARKET' } } });
    expect(reached(reached(removed, events.discarded))).toMatchObject({ phase: 'stuck', reason: expect.stringContaining('the previous release fails its tests too') });
  });
});

it('names whom the environment runs, on every way', () => {
  const standing = (state: InPlaceState) => inPlace().standing(state);
  expect(standing(states.upgrading)).toMatchObject({ passes: [{ serving: 'blue' }] });
  expect(standing(states.done)).toMatchObject({ passes: [{ serving: 'green', cut }], end: { outcome: 'complete' } });
  expect(standing(reached(states.discarding, events.failed))).toMatchObject({ end: { outcome: 'aborted', reason: expect.stringContaining('the node said no') } });
  expect(standing(states.stuck)).toMatchObject({ passes: [{ serving: 'blue' }], end: { outcome: 'stuck', reason: 'no link' } });
});
