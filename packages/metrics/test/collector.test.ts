import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { createCollector } from '../src/collector.ts';
import { createMeter } from '../src/create-meter.ts';
import type { InstanceRef } from '../src/instance.ts';
import { fakeNetwork, health, ref, type FakeProcess } from './fake-network.ts';
import { parsePrometheus } from './prometheus-text.ts';

function setup(processes: Record<string, FakeProcess>, instances: InstanceRef[] = [ref('world-0')]) {
  const clock = createManualClock(10_000);
  const meter = createMeter({ clock });
  const network = fakeNetwork(processes);
  const collector = createCollector({ network, instances: () => instances, clock, meter, concurrency: 2 });
  return { clock, meter, network, collector, instances };
}
const running = (changes = {}): FakeProcess => ({ health: health(changes), scheduled: 5, computed: 5 });

it('computes messages per second from two samples', async () => {
  const processes = { 'process-of-world-0': running({ applied: 100 }) };
  const { clock, collector } = setup(processes);
  expect(await collector.sample()).toMatchObject([{ id: 'world-0', health: 'healthy', messagesPerSecond: 0, entities: 10 }]);
  await clock.advance(2_000);
  processes['process-of-world-0'] = running({ applied: 250 });
  expect(await collector.sample()).toMatchObject([{ messagesPerSecond: 75 }]);
  expect(collector.history()).toEqual([{ at: 10_000, byInstance: { 'world-0': 0 } }, { at: 12_000, byInstance: { 'world-0': 75 } }]);
});

it('does not take the totals of a new process for messages of the last second', async () => {
  const { clock, collector, instances } = setup({ blue: running({ applied: 900 }), green: running({ applied: 5_000 }) }, [ref('world-0', 'blue')]);
  await collector.sample();
  await clock.advance(1_000);
  instances[0] = ref('world-0', 'green');
  expect(await collector.sample()).toMatchObject([{ process: 'green', messagesPerSecond: 0, applied: 5_000 }]);
});

it('turns an unknown process into a sample that is down, and keeps its totals', async () => {
  const processes: Record<string, FakeProcess> = { 'process-of-world-0': running({ applied: 42 }), 'process-of-battle-0': running() };
  const { collector, meter } = setup(processes, [ref('world-0'), ref('battle-0')]);
  await collector.sample();
  delete processes['process-of-world-0'];
  expect(await collector.sample()).toMatchObject([
    { id: 'world-0', health: 'down', phase: 'unknown', applied: 42, lastError: 'ao/unknown-process: no process process-of-world-0' },
    { id: 'battle-0', health: 'healthy' },
  ]);
  const up = parsePrometheus(await meter.prometheusText()).get('beamline_instance_up');
  expect(up?.samples.map(({ labels, value }) => [labels['instance'], value])).toEqual([['world-0', 0], ['battle-0', 1]]);
});

it('gives up on a process that never answers', async () => {
  const { clock, collector } = setup({ 'process-of-world-0': { ...running(), silent: true } });
  const sample = collector.sample();
  await new Promise(setImmediate);
  await clock.advance(3_000);
  expect(await sample).toMatchObject([{ health: 'down', lastError: expect.stringContaining('no answer within 3000 ms') }]);
});

it('calls a process down when it stops computing what is scheduled', async () => {
  const processes = { 'process-of-world-0': { ...running(), scheduled: 8 } };
  const { collector } = setup(processes);
  expect(await collector.sample()).toMatchObject([{ health: 'healthy', lag: 3 }]);
  expect(await collector.sample()).toMatchObject([{ health: 'down', lastError: 'has computed nothing since slot 5' }]);
});

it.each([
  ['is frozen', running({ phase: 'frozen' })],
  ['lags', { ...running(), scheduled: 500 }],
])('calls a process that %s degraded', async (_what, process) => {
  const { collector } = setup({ 'process-of-world-0': process });
  expect(await collector.sample()).toMatchObject([{ health: 'degraded' }]);
});

it('calls a process degraded while its errors grow', async () => {
  const processes = { 'process-of-world-0': running() };
  const { collector } = setup(processes);
  await collector.sample();
  processes['process-of-world-0'] = running({ errors: 1, 'last-error': 'kernel/action-failed' });
  expect(await collector.sample()).toMatchObject([{ health: 'degraded', lastError: 'kernel/action-failed' }]);
  expect(await collector.sample()).toMatchObject([{ health: 'healthy' }]);
});

it('says when a process publishes no health', async () => {
  const { collector } = setup({ 'process-of-world-0': { scheduled: 0, computed: 0 } });
  expect(await collector.sample()).toMatchObject([{ health: 'down', lastError: expect.stringContaining('publishes no health') }]);
});

it('reads no more processes at once than allowed', async () => {
  const refs = Array.from({ length: 9 }, (_, shard) => ref(`battle-${shard}`));
  const { collector, network } = setup(Object.fromEntries(refs.map(({ process }) => [process, running()])), refs);
  expect(await collector.sample()).toHaveLength(9);
  expect(network.mostAtOnce()).toBeLessThanOrEqual(4); // two requests each
});

it('shares one pass among those who ask at the same time', async () => {
  const { collector } = setup({ 'process-of-world-0': running() });
  await Promise.all([collector.sample(), collector.sample()]);
  expect(collector.history()).toHaveLength(1);
});

it('samples at its interval until it is told to stop', async () => {
  const { clock, collector } = setup({ 'process-of-world-0': running() });
  const stop = new AbortController();
  const done = collector.run(stop.signal);
  for (let pass = 0; pass < 3; pass += 1) {
    await new Promise(setImmediate);
    await clock.advance(1_000);
  }
  stop.abort();
  await done;
  expect(collector.history().length).toBeGreaterThanOrEqual(3);
});

it('publishes every counter of the kernel as text that a strict reader accepts', async () => {
  const { collector, meter } = setup({ 'process-of-world-0': running({ applied: 7, duplicates: 2, refused: 1, forwarded: 4 }) });
  await collector.sample();
  const families = parsePrometheus(await meter.prometheusText());
  const value = (name: string) => families.get(`beamline_instance_${name}`)?.samples[0]?.value;
  expect([value('applied_total'), value('duplicates_total'), value('refused_total'), value('forwarded_total'), value('slot')]).toEqual([7, 2, 1, 4, 5]);
  expect(families.get('beamline_instance_info')?.samples[0]?.labels).toMatchObject({ alias: 'arena-world-0-local', release: 'r1', phase: 'active' });
});
