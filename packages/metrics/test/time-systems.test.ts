import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { createWorld, runSystems, system } from '@beamline/ecs';
import { createMeter, timeSystems } from '../src/index.ts';
import { parsePrometheus } from './prometheus-text.ts';

function setup() {
  let ms = 0;
  const meter = createMeter({ clock: createManualClock() });
  const hook = timeSystems({ meter, now: () => ms, labels: { role: 'world' } });
  const costing = (name: string, cost: number) => system({ name, reads: [], writes: [], run: () => { ms += cost; } });
  const read = async (suffix: string) => Object.fromEntries(
    (parsePrometheus(await meter.prometheusText()).get('beamline_system_seconds')?.samples ?? [])
      .filter(({ name }) => name.endsWith(suffix)).map(({ labels, value }) => [`${labels['role']}/${labels['system']}`, value]));
  return { hook, costing, read, world: createWorld([]) };
}

it('measures each system of a world, by name', async () => {
  const { hook, costing, read, world } = setup();
  const systems = [costing('movement', 4), costing('regeneration', 1)];
  runSystems(world, systems, hook);
  runSystems(world, systems, hook);
  expect(await read('_sum')).toEqual({ 'world/movement': 0.008, 'world/regeneration': 0.002 });
  expect(await read('_count')).toEqual({ 'world/movement': 2, 'world/regeneration': 2 });
});

it('does not blame the next system for one that threw', async () => {
  const { hook, costing, read, world } = setup();
  const broken = system({ name: 'broken', reads: [], writes: [], run: () => { throw new Error('no'); } });
  expect(() => runSystems(world, [broken], hook)).toThrow('no');
  runSystems(world, [costing('movement', 4)], hook);
  expect(await read('_sum')).toEqual({ 'world/movement': 0.004 });
});

it('refuses an end without a start', () => {
  expect(() => setup().hook('movement', 'end')).toThrow(expect.objectContaining({ code: 'metrics/system-order' }));
});
