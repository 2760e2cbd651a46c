import { isFault } from '@beamline/core';
import { describe, expect, it } from '@jest/globals';
import { assertRehearsed, judge, missingEntries, printEntry, type RehearsalCost } from '../../src/rehearsal/index.ts';
import { difference, instance, rehearsal } from './report-builder.ts';

const costing = (systems: RehearsalCost['systems'], actions: RehearsalCost['actions'] = []): RehearsalCost =>
  ({ counted: 9, message: { name: 'message', old: 1_000, new: 1_000 }, systems, actions });

describe('judging a rehearsal', () => {
  it('passes with nothing, and with what is allowed, by kind, role and place', () => {
    expect(judge(rehearsal(instance())).outcome).toBe('passed');
    const report = rehearsal(instance({ differences: [difference()] }));
    expect(judge(report).outcome).toBe('failed');
    for (const at of ['Look', 'Look.data', 'Look.data.gold', undefined]) expect(judge(report, { allow: [{ kind: 'reply', ...(at && { at }) }] }).outcome).toBe('passed');
    for (const entry of [{ kind: 'state' as const }, { kind: 'reply' as const, at: 'Look.data.go' }, { kind: 'reply' as const, role: 'battle' }, { kind: 'reply' as const, at: 'Look.data.gold.coins' }]) {
      expect(judge(report, { allow: [entry] }).outcome).toBe('failed');
    }
  });

  it('fails for places that had no room, and for smoke tests on the fork', () => {
    expect(judge(rehearsal(instance({ more: 1 })), { allow: [{ kind: 'reply' }, { kind: 'state' }] }).outcome).toBe('failed');
    expect(judge({ ...rehearsal(instance()), fork: { instances: ['world-0'], problems: ['no'] } }).outcome).toBe('failed');
    expect(judge({ ...rehearsal(instance()), fork: { instances: ['world-0'], problems: [] } }).outcome).toBe('passed');
  });

  it('takes systems and actions that are too dear for differences, each time anew', () => {
    const report = rehearsal(instance({ cost: costing([{ name: 'hunger', old: 400, new: 601 }, { name: 'rest', old: 400, new: 600 }], [{ name: 'Look', old: 2, new: 11 }]) }));
    const judged = judge(report);
    expect(judged.instances[0]!.differences).toEqual([expect.objectContaining({ kind: 'cost', at: 'hunger', examples: [{ slot: 600, old: '400 instructions', new: '601 instructions' }] })]);
    expect(judge(judged).instances[0]!.differences).toHaveLength(1);
    expect(judge(judged, { maxCostRatio: 1.6 })).toMatchObject({ outcome: 'passed', instances: [{ differences: [] }] });
    expect(judge(judged, { allow: [{ kind: 'cost', at: 'hunger' }] }).outcome).toBe('passed');
  });

  it('measures what is new by what a message took', () => {
    expect(judge(rehearsal(instance({ cost: costing([{ name: 'new', new: 500 }]) }))).outcome).toBe('passed');
    expect(judge(rehearsal(instance({ cost: costing([{ name: 'new', new: 501 }]) }))).outcome).toBe('failed');
    expect(judge(rehearsal(instance({ cost: costing([{ name: 'gone', old: 500 }]) }))).outcome).toBe('passed');
  });

  it('gives the entries that would let it pass, each place once, as they stand in a config', () => {
    const differences = [difference(), difference({ at: 'Say.it\'s', kind: 'outbox' }), difference({ at: 'ok', allowed: true })];
    const report = rehearsal(instance({ differences }), instance({ instance: 'world-1', differences }));
    const entries = missingEntries(report);
    expect(entries.map(printEntry)).toEqual(['{ kind: \'reply\', role: \'world\', at: \'Look.data.gold\' }', '{ kind: \'outbox\', role: \'world\', at: \'Say.it\\\'s\' }']);
    expect(judge(report, { allow: [...entries, { kind: 'reply', at: 'ok' }] }).outcome).toBe('passed');
  });

  it('refuses what failed with all one needs to know', () => {
    const report = judge({ ...rehearsal(instance({ differences: [difference({ source: 'src/look.ts:7' })], more: 2 })), fork: { instances: [], problems: ['nobody can join'] } });
    let fault: unknown;
    try { assertRehearsed(report); } catch (error) { fault = error; }
    expect(fault).toMatchObject({ code: 'deployer/rehearsal-failed', hint: expect.stringContaining('{ kind: \'reply\', role: \'world\', at: \'Look.data.gold\' }') });
    expect(isFault(fault) && fault.message).toContain('world-0: reply Look.data.gold, 3 times, at src/look.ts:7\n2 more places differ\nsmoke test on a fork: nobody can join');
    expect(() => assertRehearsed(judge(rehearsal(instance())))).not.toThrow();
  });
});
