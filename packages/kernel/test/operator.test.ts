import { describe, expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import type { AoNetwork, Signer } from '@beamline/core';
import { createProcess } from '../src/index.ts';
import { createOperator, parseIndex } from '../src/operator/index.ts';
import { createMemoryNetwork, testId } from '../src/testing/index.ts';
import { arena } from './arena.ts';

const signer = (name: string): Signer => ({ address: testId(name), type: 1, publicKey: new Uint8Array(), sign: async () => new Uint8Array() });

async function setup(overrides: (network: AoNetwork) => Partial<AoNetwork> = () => ({})) {
  const clock = createManualClock(1_000_000);
  const memory = createMemoryNetwork({ clock, bundles: { world: () => createProcess(arena(), { layout: 'layout-1' }) } });
  const network = { ...memory, ...overrides(memory) };
  const operator = createOperator({ network, signer: signer('owner'), clock });
  const module = await memory.signModule(signer('owner'), 'world');
  const spawn = async (phase = 'active', environment?: string) => memory.spawn(await memory.signProcess(signer('owner'), {
    module: module.id, data: '',
    tags: [{ name: 'Beamline-Phase', value: phase }, ...(environment === undefined ? [] : [{ name: 'Beamline-Environment', value: environment }])],
  }));
  const join = (process: string, name: string) =>
    memory.signMessage(signer(name), { target: process, data: '', tags: [{ name: 'Action', value: 'Join' }] }).then((item) => memory.send(item));
  return { clock, memory, network, operator, spawn, join };
}

describe('the operator', () => {
  it('turns a refusal into a Fault with the kernel\'s code and the slot', async () => {
    const { operator, spawn } = await setup();
    const process = await spawn();
    await expect(operator.retire(process)).rejects.toMatchObject({ code: 'kernel/wrong-phase', retryable: false, details: { slot: 1 } });
    await expect(operator.restore(await spawn('standby'), { layout: 'other', digest: '1-1', tables: [], pages: [] }))
      .rejects.toMatchObject({ code: 'kernel/layout-mismatch' });
  });

  it('finds the first answer when an item is submitted again, or ran twice', async () => {
    const { memory, operator, spawn } = await setup();
    const process = await spawn();
    const item = await operator.prepare(process, 'Freeze');
    const first = await operator.submit(item);
    expect(await operator.submit(item)).toEqual(first);
    memory.post(item);
    const twice = createOperator({ network: { ...memory, send: async (sent) => ({ outcome: 'computed', slot: 2, output: memory.process(sent.target).result(2) }) }, signer: signer('owner'), clock: createManualClock(1_000_000) });
    expect(await twice.submit(item)).toEqual(first);
    expect(parseIndex(first)).toMatchObject({ phase: 'frozen', fence: 1 });
  });

  it('reads the result of a slot whose answer was lost, and says when there is none', async () => {
    const { memory, operator, spawn } = await setup((network) => ({
      send: async (item) => ({ outcome: 'scheduled', slot: (await network.send(item)).slot, detail: 'answer lost' }),
    }));
    const process = await spawn();
    await operator.freeze(process);
    expect(await operator.health(process)).toMatchObject({ phase: 'frozen' });
    memory.process(process).bricked = true;
    await expect(operator.thaw(process)).rejects.toMatchObject({ code: 'kernel/not-computed', retryable: true, details: { process, slot: 2 } });
  });

  it('signs for its environment', async () => {
    const { clock, memory, operator, spawn } = await setup();
    const process = await spawn('active', 'live');
    await expect(operator.freeze(process)).rejects.toMatchObject({ code: 'kernel/environment' });
    await createOperator({ network: memory, signer: signer('owner'), clock, environment: 'live' }).freeze(process);
    expect(await operator.health(process)).toMatchObject({ phase: 'frozen', environment: 'live' });
  });

  it('refuses an item signed more than 10 minutes ago', async () => {
    const { clock, operator, spawn } = await setup();
    const process = await spawn();
    const item = await operator.prepare(process, 'Freeze');
    await clock.advance(600_001);
    await expect(operator.submit(item)).rejects.toMatchObject({ code: 'kernel/stale-operation' });
  });

  it('drains everything held, call by call', async () => {
    const { operator, spawn, join } = await setup();
    const [blue, green] = [await spawn(), await spawn()];
    await operator.freeze(blue);
    for (let n = 0; n < 70; n++) await join(blue, `player-${n}`);
    await operator.activate(green, { acceptFrom: [blue] });
    expect(await operator.handOver(blue, { successor: green, limit: 30 })).toEqual({ forwarded: 70, held: 0, successor: green });
    expect(await operator.health(green)).toMatchObject({ applied: 70 });
  });

  it('thaws thousands of held messages', async () => {
    const { operator, spawn, join } = await setup();
    const process = await spawn();
    await operator.freeze(process);
    for (let n = 0; n < 600; n++) await join(process, `player-${n}`);
    expect(await operator.thaw(process)).toEqual({ ok: 600, refused: 0, duplicates: 0, errors: 0, held: 0, phase: 'active' });
  });

  it('gives every page of a snapshot by table, again if asked again', async () => {
    const { operator, spawn, join } = await setup();
    const process = await spawn();
    await join(process, 'ann');
    const snapshot = await operator.snapshot(process);
    const read = async () => {
      const names: string[] = [];
      for await (const { table, page, text } of snapshot.pages()) names.push(`${table}/${page} ${text.split(';').length}`);
      return names;
    };
    expect(await read()).toContain('Fighter/0 4');
    expect(await read()).toEqual(await read());
    expect(snapshot.index.tables.find(({ name }) => name === 'Fighter')).toMatchObject({
      rows: 2, columns: [{ name: '$entity', kind: 'eid' }, { name: 'owner', kind: 'str' }, { name: 'hp', kind: 'u16' }, { name: 'moved', kind: 'u32' }],
      pages: [{ digest: expect.any(String), stamp: 1 }],
    });
  });

  it('refuses a chunk that does not hold the pages it should', async () => {
    const { operator, spawn } = await setup(() => ({ resultText: async () => '<html>busy</html>' }));
    const { pages } = await operator.snapshot(await spawn());
    await expect(pages()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'kernel/bad-chunk', retryable: true });
  });

  it('refuses an index of another format, and a process that is not Beamline\'s', async () => {
    expect(() => parseIndex({ slot: 1, data: '{"format":2}' })).toThrow(expect.objectContaining({ code: 'kernel/format' }));
    expect(() => parseIndex({ slot: 1, data: '<html>' })).toThrow(expect.objectContaining({ code: 'kernel/no-answer' }));
    const { operator, spawn } = await setup(() => ({ read: async () => 'well', send: async () => ({ outcome: 'computed', slot: 1, output: {} }) }));
    const process = await spawn();
    await expect(operator.health(process)).rejects.toMatchObject({ code: 'kernel/no-health' });
    await expect(operator.thaw(process)).rejects.toMatchObject({ code: 'kernel/no-answer' });
  });

  it('has no health to show before anything was computed', async () => {
    const { operator, spawn } = await setup(() => ({ read: async () => undefined }));
    expect(await operator.health(await spawn())).toBeUndefined();
  });

  it('sends pages and replayed messages in batches that stay small', async () => {
    const sizes: number[] = [];
    const { memory, operator, spawn } = await setup((network) => ({
      signMessage: (by, spec) => { sizes.push(spec.data.length); return network.signMessage(by, spec); },
    }));
    const [blue, green] = [await spawn(), await spawn('standby')];
    for (let n = 0; n < 12; n++) {
      await memory.send(await memory.signMessage(signer(`p${n}`), { target: blue, data: 'x'.repeat(50_000), tags: [{ name: 'Action', value: 'Join' }] }));
    }
    for (let n = 0; n < 100; n++) {
      await memory.send(await memory.signMessage(signer(`q${n}`), { target: blue, data: '', tags: [{ name: 'Action', value: 'Join' }] }));
    }
    const { index, pages } = await operator.snapshot(blue);
    sizes.length = 0;
    expect(await operator.replay(green, memory.schedule(blue))).toMatchObject({ ok: 112 });
    expect(sizes.length).toBeGreaterThanOrEqual(4);
    for (const size of sizes) expect(size).toBeLessThan(300_000);
    sizes.length = 0;
    async function* repeated() {
      for (let n = 0; n < 200; n++) yield* pages();
    }
    await operator.restore(green, { layout: 'layout-1', digest: index.digest, tables: index.tables, pages: repeated() });
    expect(sizes.length).toBeGreaterThan(4);
    for (const size of sizes) expect(size).toBeLessThan(450_000);
    expect((await operator.snapshot(green)).index.digest).toBe(index.digest);
  });

  it('leaves owner operations and untrusted forwards out of a replay', async () => {
    const { memory, operator, spawn, join } = await setup();
    const [blue, green] = [await spawn(), await spawn()];
    await operator.freeze(blue);
    await join(blue, 'ann');
    await operator.activate(green, { acceptFrom: [blue] });
    await operator.handOver(blue, { successor: green });
    await join(green, 'bob');
    const spare = await spawn('standby');
    expect(await operator.replay(spare, memory.schedule(green))).toMatchObject({ ok: 1, refused: 0 });
    expect(await operator.replay(spare, memory.schedule(green), { acceptFrom: [blue] })).toMatchObject({ ok: 1, duplicates: 1, phase: 'standby' });
  });
});
