import { describe, expect, it } from '@jest/globals';
import { planRollout, rolling } from '../src/index.ts';
import type { Change, DeployEvent, DeployStrategy, ReverseCourse, Rollout, RolloutOptions } from '../src/index.ts';
import type { InBatchesState } from '../src/strategies/in-batches.ts';

const layout = { format: 1, components: [] } as unknown as Change['layout'];
const shard = (n: number, kind: Change['kind'] = 'upgrade'): Change => ({
  instance: `world-${n}`, role: 'world', shard: n, kind, blue: `W${n}`, forwarders: [], alias: `arena-world-${n}-local`,
  release: 'v2', bundle: 'b2', layout, layoutHash: 'l2', migrations: [], level: 0,
});
const changes = [shard(0), shard(1), shard(2)];
const back: ReverseCourse = { changes: changes.map((change) => ({ ...change, release: 'v1', bundle: 'b1' })) };
const rollout: Rollout = { by: 'in-place', maxUnavailable: 1, batches: [{ instances: ['world-0'], bakeMs: 7, approve: true }, { instances: ['world-1'], approve: true }, { instances: ['world-2'] }] };

type State = InBatchesState<{ phase: string }>;
const strategy: DeployStrategy<State> = rolling();
const after = (...events: DeployEvent[]): State => events.reduce((state, event) => strategy.next(state, event).state, strategy.start({ changes, reverse: back, rollout }).state);

const at = 1;
const way = (n: number): DeployEvent[] => [
  { on: 'published', modules: {}, greens: { [`world-${n}`]: `W${n}` }, at }, { on: 'spawned', at }, { on: 'activated', activations: {}, at },
  { on: 'routed', at }, { on: 'linked', at }, { on: 'upgraded', passages: {}, baselines: {}, at },
];
const well: DeployEvent = { on: 'proved', problems: [], at };
const badly: DeployEvent = { on: 'proved', problems: ['players fall through the floor'], at };
const gated: DeployEvent = { on: 'gated', problems: [], unwell: [], at };
const abort: DeployEvent = { on: 'abort-requested', reason: 'ann wants it back', at };
const gone = (n: number): DeployEvent[] => [...way(n), well];
const returned: DeployEvent[] = [{ on: 'upgraded', passages: {}, baselines: {}, at }, { on: 'discarded', at }, well];

const whom = (state: State) => strategy.command(state)?.course.changes.map(({ instance }) => instance);
const stage = (state: State) => [state.stage, state.phase];

describe('rolling transitions', () => {
  const states = {
    moving: after(), gating: after(...gone(0)), returning: after(...gone(0), abort),
    stuck: after(...gone(0), { on: 'gated', problems: [], unwell: ['world-2 is silent'], at }),
    done: after(...gone(0), gated, ...gone(1), gated, ...gone(2)),
    aborted: after({ on: 'failed', reason: 'the node said no', at }, { on: 'discarded', at }),
    'rolled-back': after(...way(0), badly, ...returned),
  } satisfies Record<string, State>;
  const events = {
    published: way(0)[0]!, proved: well, gated, 'gated badly': { on: 'gated', problems: ['world-0: it is slow'], unwell: [], at },
    'others unwell': { on: 'gated', problems: [], unwell: ['world-2 is silent'], at }, failed: { on: 'failed', reason: 'no', at }, resumed: { on: 'resumed', at }, abort,
  } satisfies Record<string, DeployEvent>;
  type Row = Record<keyof typeof events, string>;
  const same: Row = { published: 'same', proved: 'same', gated: 'same', 'gated badly': 'same', 'others unwell': 'same', failed: 'same', resumed: 'same', abort: 'same' };
  const table: Record<keyof typeof states, Row> = {
    moving: { ...same, published: 'moving/spawning', failed: 'moving/discarding', abort: 'moving/discarding' },
    gating: { ...same, gated: 'moving/publishing', 'gated badly': 'returning/upgrading', 'others unwell': 'stuck/stuck', failed: 'stuck/stuck', abort: 'returning/upgrading' },
    returning: { ...same, failed: 'returning/stuck' },
    stuck: { ...same, resumed: 'gating/gating', abort: 'returning/upgrading' },
    done: same, aborted: same, 'rolled-back': same,
  };
  for (const from of Object.keys(table) as (keyof typeof states)[]) {
    for (const event of Object.keys(events) as (keyof typeof events)[]) {
      it(`${from} + ${event} → ${table[from][event]}`, () => {
        const { state } = strategy.next(states[from], events[event]);
        if (table[from][event] === 'same') expect(state).toEqual(states[from]);
        else expect(stage(state).join('/')).toBe(table[from][event]);
      });
    }
  }
});

it('moves one batch after the other, each as its machine does, and watches it as long as the plan says', () => {
  expect(strategy.command(after())).toMatchObject({ do: 'publish', course: { batch: 1, bakeMs: 7, changes: [{ instance: 'world-0' }] } });
  const between = after(...gone(0));
  expect(strategy.command(between)).toMatchObject({ do: 'gate', passes: [{ course: { batch: 1 } }], maxUnavailable: 1, approvals: 1 });
  expect(whom(after(...gone(0), gated))).toEqual(['world-1']);
  expect(strategy.command(after(...gone(0), gated, ...gone(1)))).toMatchObject({ do: 'gate', approvals: 2 });
  const done = after(...gone(0), gated, ...gone(1), gated, ...gone(2));
  expect(strategy.standing(done)).toMatchObject({ passes: [{ serving: 'green' }, { serving: 'green' }, { serving: 'green' }], end: { outcome: 'complete' } });
  expect(strategy.command(done)).toBeUndefined();
});

describe('a batch that fails', () => {
  it('goes back by itself, and those before it after it, the last one first', () => {
    const one = after(...gone(0), gated, ...gone(1), gated, ...way(2), badly);
    expect([stage(one), whom(one)]).toEqual([['moving', 'upgrading'], ['world-2']]);
    const two = returned.reduce((state, event) => strategy.next(state, event).state, one);
    expect([stage(two), whom(two)]).toEqual([['returning', 'upgrading'], ['world-1']]);
    const three = returned.reduce((state, event) => strategy.next(state, event).state, two);
    expect(whom(three)).toEqual(['world-0']);
    const end = strategy.standing(returned.reduce((state, event) => strategy.next(state, event).state, three));
    expect(end.end).toEqual({ outcome: 'rolled-back', reason: 'batch 3 of 3 (world-2): players fall through the floor' });
    // There and back again, for each.
    expect(end.passes.map(({ course, serving }) => [course.direction, course.changes[0]!.instance, serving])).toEqual([
      ['forward', 'world-2', 'green'], ['reverse', 'world-2', 'green'], ['forward', 'world-1', 'green'], ['reverse', 'world-1', 'green'], ['forward', 'world-0', 'green'], ['reverse', 'world-0', 'green'],
    ]);
  });

  it('takes the others back although it was never begun itself', () => {
    const state = after(...gone(0), gated, { on: 'failed', reason: 'no module', at }, { on: 'discarded', at });
    expect([stage(state), whom(state)]).toEqual([['returning', 'upgrading'], ['world-0']]);
  });

  it('asks a person when the others cannot go back, and is tried again with new items', () => {
    const start = strategy.start({ changes, reverse: { impossible: 'Gold is gone' }, rollout }).state;
    const state = [...gone(0), gated, { on: 'failed', reason: 'no module', at } as const, { on: 'discarded', at } as const].reduce((from: State, event) => strategy.next(from, event).state, start);
    expect(strategy.standing(state)).toMatchObject({ passes: [{ serving: 'green' }, { serving: 'blue' }], end: { outcome: 'stuck', reason: expect.stringContaining('Gold is gone') } });
    const again = strategy.next(state, { on: 'resumed', at });
    expect(again.command).toMatchObject({ do: 'publish', course: { batch: 2, attempt: 2, changes: [{ instance: 'world-1' }] } });
  });

  it('keeps the reason of a machine that needs a person, and goes on with it', () => {
    const state = after(...way(0).slice(0, 5), { on: 'failed', reason: 'no answer', at });
    expect([strategy.standing(state).end, strategy.command(state)]).toEqual([{ outcome: 'stuck', reason: 'no answer' }, undefined]);
    expect(strategy.next(state, { on: 'resumed', at }).command?.do).toBe('upgrade');
  });
});

it('refuses a plan without batches, or with a machine it does not know', () => {
  expect(() => strategy.start({ changes, reverse: back })).toThrow('names no batches');
  expect(() => strategy.start({ changes, reverse: back, rollout: { ...rollout, by: 'shovel' as 'in-place' } })).toThrow('moves its batches shovel');
});

describe('batches', () => {
  const fleet = [...changes, shard(3), shard(4), { ...shard(0), instance: 'battle-0', role: 'battle' }, { ...shard(1, 'create'), instance: 'battle-1', role: 'battle' }];
  const ids = (plan: Rollout) => plan.batches.map(({ instances }) => instances);

  it.each([
    ['rolling', {}, [['battle-1', 'world-0'], ['world-1'], ['world-2'], ['world-3'], ['world-4'], ['battle-0']]],
    ['rolling', { batch: 2 }, [['battle-1', 'world-0', 'world-1'], ['world-2', 'world-3'], ['world-4'], ['battle-0']]],
    ['rolling', { batch: '50%' }, [['battle-1', 'world-0', 'world-1', 'world-2'], ['world-3', 'world-4'], ['battle-0']]],
    ['rolling', { batch: '100%', maxUnavailable: 2 }, [['battle-1', 'world-0', 'world-1'], ['world-2', 'world-3'], ['world-4'], ['battle-0']]],
    ['canary', {}, [['battle-1', 'world-0', 'battle-0'], ['world-1', 'world-2', 'world-3', 'world-4']]],
    ['canary', { canary: '40%' }, [['battle-1', 'world-0', 'world-1', 'battle-0'], ['world-2', 'world-3', 'world-4']]],
    ['canary', { canary: ['world-3'] }, [['battle-1', 'world-3'], ['world-0', 'world-1', 'world-2', 'world-4', 'battle-0']]],
  ] as const)('%s %j', (name, options, wanted) => {
    expect(ids(planRollout(name, fleet, options))).toEqual(wanted);
  });

  it('are watched and approved as asked, the last one like every deployment', () => {
    expect(planRollout('rolling', changes, { bakeMs: 5, approve: true }).batches.map(({ bakeMs, approve }) => [bakeMs, approve])).toEqual([[5, true], [5, true], [5, undefined]]);
    expect(planRollout('canary', changes, { bakeMs: 5, approve: true }).batches.map(({ bakeMs, approve }) => [bakeMs, approve])).toEqual([[5, true], [undefined, undefined]]);
  });

  it.each([{ batch: 0 }, { batch: 1.5 }, { batch: '0%' }, { batch: '120%' }, { batch: 'x%' as '1%' }, { maxUnavailable: -1 }] as RolloutOptions[])('refuses %j', (options) => {
    expect(() => planRollout('rolling', changes, options)).toThrow('the rollout cannot be planned');
  });

  it('refuses a canary that would not change', () => {
    expect(() => planRollout('canary', changes, { canary: ['world-9'] })).toThrow('world-9 would not change');
  });
});
