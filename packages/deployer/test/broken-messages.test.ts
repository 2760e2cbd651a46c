import { describe, expect, it } from '@jest/globals';
import type { MessageContract, SentMessage, TakenTag } from '@beamline/bundler';
import { assertUnderstood, describeBroken, planDeployment, type DeployableRelease, type Speaker } from '../src/index.ts';
import { layout, release, role, running } from './release-builder.ts';

const fields = layout('C', 'n');
const says = (sends: readonly SentMessage[], takes: Record<string, readonly TakenTag[]> = {}): { actions: string[]; messages: MessageContract } => ({ actions: Object.keys(takes), messages: { sends, takes } });
const award = (tags: SentMessage['tags']): SentMessage => ({ to: 'world', action: 'Award', tags });
const text = { kind: 'text' } as const;
const number = { kind: 'number' } as const;

const v1 = { world: says([], { Award: [{ name: 'n', kind: 'number', min: 0, max: 9, required: true }] }), battle: says([award({ n: number })]) };
const releaseOf = (id: string, roles: Record<'world' | 'battle', Speaker>, shards = 1): DeployableRelease => release(id, Object.fromEntries(Object.entries(roles).map(([name, { actions, messages }]) =>
  [name, role(`${JSON.stringify(messages)}`, fields, { clients: { actions: actions ?? [], reads: [] }, ...(messages && { messages }), ...(name === 'battle' ? { dependsOn: ['world'], shards } : {}) })])));
const spokenIn = (roles: Record<'world' | 'battle', Speaker>) => ({ 'world-0': roles.world, 'battle-0': roles.battle });

function broken(next: Record<'world' | 'battle', Speaker>, strategy = 'blue-green', old: Record<'world' | 'battle', Speaker> = v1): string[] {
  const plan = planDeployment({ state: running(releaseOf('v1', old)), release: releaseOf('v2', next), at: 1, strategy, spoken: spokenIn(old) });
  return (plan.brokenMessages ?? []).map(describeBroken);
}

describe('what roles would not understand of each other', () => {
  const worldOf = (takes: Record<string, readonly TakenTag[]>) => says([], takes);

  it('is nothing where nothing changed, or nobody knows', () => {
    expect(broken(v1)).toEqual([]);
    expect(broken({ world: {}, battle: v1.battle })).toEqual(['battle sends Award to world (old to new): it has no such action']); // its list of actions is known, and empty
    const { brokenMessages } = planDeployment({ state: running(releaseOf('v1', v1)), release: releaseOf('v2', { world: worldOf({}), battle: says([]) }), at: 1 });
    expect(brokenMessages).toBeUndefined();
  });

  it.each<[string, Record<string, readonly TakenTag[]>, string[]]>([
    ['an action that is gone', { Reward: [] }, ['battle sends Award to world (old to new): it has no such action']],
    ['a tag more', { Award: [{ name: 'n', kind: 'number', required: true }, { name: 'why', kind: 'text', required: true }] }, ['battle sends Award to world (old to new): the tag why is missing']],
    ['a tag that is not always read', { Award: [{ name: 'why', kind: 'text', required: false }] }, []],
    ['a tag of another kind', { Award: [{ name: 'n', kind: 'text', maxLength: 3, required: true }] }, []],
  ])('old senders meet %s in the new receiver', (_what, takes, expected) => {
    expect(broken({ world: worldOf(takes), battle: v1.battle })).toEqual(expected);
  });

  it.each<[string, SentMessage, string[]]>([
    ['another action', { to: 'world', action: 'Prize', tags: {} }, ['battle sends Prize to world (new to new): it has no such action']],
    ['a tag less', award({}), ['battle sends Award to world (new to new): the tag n is missing']],
    ['text for a number', award({ n: text }), ['battle sends Award to world (new to new): the tag n is text, where a whole number is wanted']],
    ['text that is a number', award({ n: { kind: 'text', values: ['4'] } }), []],
    ['a number out of bounds', award({ n: { kind: 'number', values: [3, 12] } }), ['battle sends Award to world (new to new): the tag n is not a whole number from 0 to 9']],
    ['what is computed', award({ n: { kind: 'unknown' } }), []],
    ['names that are computed', { ...award({}), open: true }, []],
    ['an action that is computed', { to: 'world', tags: {} }, []],
    ['somebody else', { to: 'market', action: 'Prize', tags: {} }, []],
  ])('new senders send %s to the receiver that stays', (_what, sent, expected) => {
    expect(broken({ world: v1.world, battle: says([sent]) })).toEqual(expected);
  });

  const both = { world: worldOf({ Award: [], Prize: [] }), battle: says([{ to: 'world', action: 'Prize', tags: {} }]) };
  it('depends on who is first: new senders meet old receivers on the way back, or while roles change one by one', () => {
    expect(broken(both)).toEqual(['battle sends Prize to world (new to old, on the way back only): it has no such action']);
    expect(broken(both, 'in-place')).toEqual(['battle sends Prize to world (new to old, on the way back only): it has no such action']);
    expect(broken(both, 'rolling')).toEqual(['battle sends Prize to world (new to old): it has no such action']);
    // Who is sent to from below is upgraded later than the sender.
    const down = { world: says([{ to: 'battle', action: 'Start', tags: {} }], { Award: [] }), battle: says([], { Start: [] }) };
    expect(broken(down, 'in-place', { world: says([], { Award: [] }), battle: says([], {}) })).toEqual(['world sends Start to battle (new to old): it has no such action']);
  });

  it('is found where a sender chooses among shards', () => {
    const old = { world: says([{ to: 'battle-*', action: 'Start', tags: {} }], { Award: [] }), battle: says([], { Start: [] }) };
    const next = { world: old.world, battle: says([], { Begin: [] }) };
    const plan = planDeployment({ state: running(releaseOf('v1', old, 2)), release: releaseOf('v2', next, 2), at: 1, spoken: { 'world-0': old.world, 'battle-0': old.battle, 'battle-1': old.battle } });
    expect((plan.brokenMessages ?? []).map(describeBroken)).toEqual(['world sends Start to battle (old to new): it has no such action']);
  });

  it('is not what was broken before', () => {
    const old = { world: v1.world, battle: says([{ to: 'world', action: 'Lost', tags: {} }]) };
    expect(broken({ world: worldOf({ Award: [] }), battle: old.battle }, 'blue-green', old)).toEqual([]);
  });

  it('stops a deployment, except for what only a way back would meet', () => {
    expect(() => assertUnderstood({ brokenMessages: [{ sender: 'a', receiver: 'b', action: 'X', direction: 'old-to-new', why: 'w' }] })).toThrow(expect.objectContaining({ code: 'deployer/contract-broken', message: expect.stringContaining('a sends X to b') }));
    expect(() => assertUnderstood({ brokenMessages: [{ sender: 'a', receiver: 'b', action: 'X', direction: 'new-to-old', why: 'w', onTheWayBack: true }] })).not.toThrow();
    expect(() => assertUnderstood({})).not.toThrow();
  });
});
