import { expect, it } from '@jest/globals';
import type { InstanceStatus } from '@beamline/stack';
import { chartData } from '../src/page/model/chart-data.ts';

const instance = (id: string, role: string) => ({ id, role }) as InstanceStatus;

it('adds the shards of a role, in seconds since 1970', () => {
  const rates = [{ at: 1_000, byInstance: { 'world-0': 1, 'battle-0': 2, 'battle-1': 3 } }];
  expect(chartData(rates, [instance('world-0', 'world'), instance('battle-0', 'battle'), instance('battle-1', 'battle')]))
    .toEqual({ roles: ['world', 'battle'], columns: [[1], [1], [5]] });
});

it('still counts a shard that is gone with its role', () => {
  expect(chartData([{ at: 0, byInstance: { 'battle-7': 4 } }], [instance('battle-0', 'battle')]).columns).toEqual([[0], [4]]);
});
