import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { createMeter } from '../src/create-meter.ts';
import { MAX_SERIES } from '../src/series.ts';
import { parsePrometheus } from './prometheus-text.ts';

const setup = () => createMeter({ clock: createManualClock(1_000) });
const read = async (meter: ReturnType<typeof setup>) => parsePrometheus(await meter.prometheusText());

it('adds up what was counted, by labels', async () => {
  const meter = setup();
  const sends = meter.counter('ao_sends', 'Items sent');
  sends.add(2, { node: 'a' });
  sends.add(3, { node: 'a' });
  sends.add(1, { node: 'b' });
  expect((await read(meter)).get('ao_sends_total')).toEqual({
    type: 'counter', help: 'Items sent',
    samples: [
      { name: 'ao_sends_total', labels: { node: 'a' }, value: 5 },
      { name: 'ao_sends_total', labels: { node: 'b' }, value: 1 },
    ],
  });
});

it('treats labels in another order as the same series', async () => {
  const meter = setup();
  const sends = meter.counter('ao_sends', 'Items sent');
  sends.add(1, { a: '1', b: '2' });
  sends.add(1, { b: '2', a: '1' });
  expect((await read(meter)).get('ao_sends_total')?.samples).toHaveLength(1);
});

it('never lets a counter fall', async () => {
  const meter = setup();
  const sends = meter.counter('ao_sends', 'Items sent');
  sends.add(2);
  sends.add(-5);
  sends.add(NaN);
  expect((await read(meter)).get('ao_sends_total')?.samples[0]?.value).toBe(2);
});

it('keeps the last value of a gauge', async () => {
  const meter = setup();
  const lag = meter.gauge('lag_slots', 'Behind');
  lag.set(4);
  lag.set(-1);
  expect((await read(meter)).get('lag_slots')?.samples).toEqual([{ name: 'lag_slots', labels: {}, value: -1 }]);
});

it('sorts a histogram into cumulative buckets of its unit', async () => {
  const meter = setup();
  const times = meter.histogram('send_ms', 'Time to send');
  for (const ms of [1, 1.5, 100_000]) times.record(ms, { kind: 'x' });
  times.record(3, { kind: 'y' });
  const samples = (await read(meter)).get('send_ms')?.samples.filter(({ labels }) => labels['kind'] === 'x');
  const bucket = (le: string) => samples?.find(({ labels }) => labels['le'] === le)?.value;
  expect([bucket('0.5'), bucket('1'), bucket('2'), bucket('60000'), bucket('+Inf')]).toEqual([0, 1, 2, 2, 3]);
  expect(samples?.find(({ name }) => name === 'send_ms_sum')?.value).toBe(100_002.5);
});

it('survives labels with quotes, line feeds and backslashes', async () => {
  const meter = setup();
  const text = 'a "quoted" \\ line\nbreak';
  meter.gauge('errors', 'Errors').set(1, { text });
  expect((await read(meter)).get('errors')?.samples[0]?.labels).toEqual({ text });
});

it('asks observers at every scrape', async () => {
  const meter = setup();
  let entities = 1;
  meter.observe('gauge', 'entities', 'Alive', () => [{ labels: {}, value: entities }]);
  expect((await read(meter)).get('entities')?.samples[0]?.value).toBe(1);
  entities = 7;
  expect((await read(meter)).get('entities')?.samples[0]?.value).toBe(7);
});

it('still tells the rest when one observer throws', async () => {
  const meter = setup();
  meter.observe('gauge', 'broken', 'Broken', () => { throw new Error('no'); });
  meter.gauge('fine', 'Fine').set(1);
  expect([...(await read(meter)).keys()]).toEqual(['fine']);
});

it('gives the same instrument for the same name, and refuses another kind by code', () => {
  const meter = setup();
  expect(meter.counter('a', 'A')).toBe(meter.counter('a', 'A'));
  expect(() => meter.gauge('a', 'A')).toThrow(expect.objectContaining({ code: 'metrics/kind-differs' }));
});

it('refuses a name Prometheus would not take', () => {
  expect(() => setup().counter('sends per second', '')).toThrow(expect.objectContaining({ code: 'metrics/bad-name' }));
});

it('gathers labels that never repeat in one overflow series', async () => {
  const meter = setup();
  const sends = meter.counter('ao_sends', 'Items sent');
  for (let i = 0; i < MAX_SERIES + 10; i += 1) sends.add(1, { message: `m${i}` });
  const samples = (await read(meter)).get('ao_sends_total')?.samples ?? [];
  expect(samples).toHaveLength(MAX_SERIES + 1);
  expect(samples.at(-1)).toMatchObject({ labels: { overflow: 'true' }, value: 10 });
});
