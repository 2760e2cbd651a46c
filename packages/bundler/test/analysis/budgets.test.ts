import { expect, it } from '@jest/globals';
import type { Fault } from '@beamline/core';
import { baselineOf, checkBudgets, type SizeBudgets } from '../../src/analysis/index.ts';
import { analysisOf, role } from './sample-analysis.ts';

const before = baselineOf(analysisOf(role('world', { 'a.ts': 600, 'b.ts': 400 })));
const now = analysisOf(role('world', { 'a.ts': 640, 'b.ts': 400, 'c.ts': 60 }, 130));

function refusal(budgets: SizeBudgets): Fault | undefined {
  try {
    checkBudgets(now, budgets, before);
    return undefined;
  } catch (error) {
    return error as Fault;
  }
}

it('lets pass what keeps its budgets, to the byte', () => {
  expect(refusal({ roles: { world: { maxBytes: 1_100, maxGrowthPercent: 10 } }, systems: { decay: { maxBytes: 130, maxGrowthPercent: 30 } }, modules: { 'a.ts': { maxBytes: 640, maxGrowthPercent: 7 } } })).toBeUndefined();
});

it.each([
  ['a role', { roles: { world: { maxBytes: 1_099 } } }, 'world: 1100 bytes, 1 more than budgets.roles.world.maxBytes (1099)'],
  ['a system', { systems: { decay: { maxBytes: 129 } } }, 'system decay of world: 130 bytes, 1 more than budgets.systems.decay.maxBytes (129)'],
  ['a module', { modules: { 'a.ts': { maxBytes: 600 } } }, 'a.ts in world: 640 bytes, 40 more than budgets.modules.a.ts.maxBytes (600)'],
])('refuses %s over its bytes', (_what, budgets: SizeBudgets, message) => {
  const fault = refusal(budgets);
  expect(fault?.code).toBe('bundler/over-budget');
  expect(fault?.message.split('\n')[0]).toBe(message);
});

it.each([
  ['a role', { roles: { world: { maxGrowthPercent: 9.9 } } }, 'world: 1000 → 1100 bytes, 10.0 % more; budgets.roles.world.maxGrowthPercent is 9.9'],
  ['a system', { systems: { decay: { maxGrowthPercent: 29 } } }, 'system decay of world: 100 → 130 bytes, 30.0 % more'],
  ['a module', { modules: { 'a.ts': { maxGrowthPercent: 6 } } }, 'a.ts in world: 600 → 640 bytes, 6.7 % more'],
])('refuses %s that grew too much, with what grew most and why', (_what, budgets: SizeBudgets, message) => {
  const fault = refusal(budgets);
  expect(fault?.code).toBe('bundler/grew');
  expect(fault?.message).toContain(message);
  expect(fault?.message).toContain('what grew most in world:\n  +60 c.ts, because of main.ts → barrel.ts → c.ts\n  +40 a.ts');
  expect(fault?.hint).toContain('--accept-sizes');
});

it('says all problems at once', () => {
  const fault = refusal({ roles: { world: { maxBytes: 1 } }, modules: { 'b.ts': { maxBytes: 2 }, 'a.ts': { maxGrowthPercent: 1 } } });
  expect(fault?.message.split('\n').slice(0, 3)).toEqual([expect.stringContaining('1099 more'), expect.stringContaining('b.ts in world: 400 bytes'), expect.stringContaining('a.ts in world: 600 → 640')]);
  expect(fault).toMatchObject({ code: 'bundler/over-budget', details: { over: 2, grew: 1 } });
});

it('measures no growth of what is new', () => {
  expect(() => checkBudgets(now, { roles: { world: { maxGrowthPercent: 0 } }, modules: { 'c.ts': { maxGrowthPercent: 0 } } }, { version: 1, roles: {} })).not.toThrow();
});

it('lists what is largest without a baseline', () => {
  expect(() => checkBudgets(now, { roles: { world: { maxBytes: 1 } } })).toThrow('largest in world:\n  640 a.ts, because of main.ts → barrel.ts → a.ts');
});

it('refuses a budget of something that no bundle has', () => {
  expect(refusal({ systems: { dekay: { maxBytes: 1 } } })).toMatchObject({ code: 'bundler/unknown-budget', message: 'budgets.systems.dekay: no bundle has it' });
});
