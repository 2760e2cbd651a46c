import { describe, expect, it } from '@jest/globals';
import type { Holder, JournalStanding } from '@beamline/deployer';
import { decisionOf, type DecisionFacts } from '../../src/deployments/decision.ts';

const standing: JournalStanding = { phase: 'fencing', direction: 'forward', situation: 'held', serving: { 'world-0': 'old' } };
const holder: Holder = { purpose: 'deployment d1', host: 'here', pid: 7, since: 0 };
const decide = (facts: Partial<DecisionFacts>) => decisionOf({ environment: 'live', id: 'd1', standing, requests: [], holder: undefined, ...facts });
const commands = (facts: Partial<DecisionFacts>) => decide(facts).choices.map(({ command }) => command.split(' ')[2]);

describe('what a person is told to decide', () => {
  it('needs nobody while somebody works on it', () => {
    expect(decide({ holder })).toMatchObject({ needed: false, facts: ["deployment d1 goes on at 'fencing', by process 7 on here.", expect.stringContaining('held')] });
    expect(commands({ holder })).toEqual(['abort', 'pause']);
  });

  it('says who serves and how to go on, or back, after an interruption', () => {
    expect(decide({})).toMatchObject({ needed: true, serving: { 'world-0': 'old' }, facts: ["It was interrupted at 'fencing': nobody works on it.", expect.any(String)] });
    expect(decide({}).choices).toEqual([
      { command: 'beamline deployments resume live d1', effect: expect.stringContaining('another machine') },
      { command: 'beamline deployments abort live d1', effect: 'The old release comes back, with what players did since.' },
    ]);
  });

  it('says why it is stuck, and that there is no way back where there is none', () => {
    const stuck = { ...standing, phase: 'freezing', stuck: 'nobody likes it', noWayBack: 'world-0: drops Health', serving: { 'world-0': 'new' } } as const;
    const decision = decide({ standing: stuck });
    expect(decision.facts).toEqual([
      "It is stuck at 'freezing': nobody likes it.", expect.stringContaining('held'), 'There is no way back: world-0: drops Health.',
    ]);
    expect(decision.choices).toEqual([
      { command: 'beamline deployments resume live d1', effect: expect.stringContaining('Players go on with the new release') },
      { command: 'beamline deployments accept live d1', effect: expect.stringContaining('untested') },
    ]);
    expect(decide({ standing: { ...stuck, phase: 'routing', batch: 2, direction: 'reverse' } }).facts[0]).toBe("It is stuck at 'routing' of batch 2, on the way back: nobody likes it.");
  });

  it('offers what fits: continue after a pause, promote at a gate, abort only once and only where there is a way', () => {
    expect(commands({ holder, requests: [{ ask: 'pause', at: 1, by: 'ann' }] })).toEqual(['continue', 'abort']);
    expect(decide({ holder, requests: [{ ask: 'pause', at: 1, by: 'ann' }] })).toMatchObject({ needed: true, facts: [expect.any(String), 'Somebody paused it.', expect.any(String)] });
    expect(commands({ holder, standing: { ...standing, phase: 'gating', situation: 'served' } })).toEqual(['promote', 'abort', 'pause']);
    expect(commands({ requests: [{ ask: 'abort', at: 1, by: 'ann', reason: 'no' }] })).toEqual(['resume']);
    expect(decide({ requests: [{ ask: 'abort', at: 1, by: 'ann', reason: 'no' }] }).facts).toContain('It is to be taken back: aborted by ann: no.');
    expect(commands({ standing: { ...standing, noWayBack: 'x' } })).toEqual(['resume']);
    expect(commands({ standing: { ...standing, noWayBack: 'x', situation: 'untouched' } })).toEqual(['resume', 'abort']);
    expect(commands({ standing: undefined })).toEqual(['resume']);
  });
});
