import { expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import { emptyState, type DeploymentPlan, type EnvironmentState } from '@beamline/deployer';
import { addField, migration } from '@beamline/persistence';
import { component, layoutOf, u8 } from '@beamline/ecs';
import { withDataVerdicts } from '../src/environment/check-data.ts';
import { clientsOf } from '../src/environment/clients-of.ts';
import type { ReleaseShelf } from '../src/release-shelf.ts';

const state = { ...emptyState('local', 'g'), instances: { 'world-0': { release: 'r1', role: 'world' }, 'battle-0': { release: 'old', role: 'battle' }, 'market-0': { release: 'r1', role: 'market' } } } as unknown as EnvironmentState;
const shelf: Pick<ReleaseShelf, 'read'> = {
  read: async (id) => {
    if (id !== 'r1') throw new Fault('bundler/missing-release', id);
    return { roles: { world: { clients: { actions: ['Move'], reads: [] } }, market: {} } } as unknown as Awaited<ReturnType<ReleaseShelf['read']>>;
  },
};

it('knows what clients send where a release still says so, and asks for nothing where none does', async () => {
  expect(await clientsOf(state, shelf)).toEqual({ 'world-0': { actions: ['Move'], reads: [] } });
});

const to = layoutOf([component('Hero', { hp: u8 })]);
const step = migration({ id: 1, name: 'hp', from: { role: 'world' }, steps: [addField('Hero', 'hp', u8, 0)] });
const planOf = (migrations: readonly object[]) => ({
  instances: [{ instance: 'world-0', action: 'replace' }], changes: [{ instance: 'world-0', blue: 'b', migrations, layout: to }],
}) as unknown as DeploymentPlan;

it('looks at no world that is not migrated: nothing need be connected', async () => {
  const plan = planOf([]);
  expect(await withDataVerdicts(plan, () => Promise.reject(new Error('connected')))).toEqual(plan);
});

it('leaves a world that computes nothing to the runner, who says what to do; anything else stops the plan', async () => {
  const failing = (code: 'kernel/not-computed' | 'ao/unreachable') => async () => ({ snapshot: () => Promise.reject(new Fault(code, 'no')) });
  expect((await withDataVerdicts(planOf([step]), failing('kernel/not-computed'))).instances).toEqual([{ instance: 'world-0', action: 'replace' }]);
  await expect(withDataVerdicts(planOf([step]), failing('ao/unreachable'))).rejects.toMatchObject({ code: 'ao/unreachable' });
});
