import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { aosChunk } from '@beamline/ao/legacynet';
import { buildRole } from '@beamline/bundler';
import type { AoMap } from '@beamline/core';
import { clientRequest, processRequest, testId } from '@beamline/kernel/testing';
import { createAosVm, createVm, loadAosModule, type AosEnvironment, type AosMessage, type AosModule } from '@beamline/vm';
import { describeMissingAos, fetchAosForTests, TEST_AOS } from '@beamline/vm/testing';
import { aosMessage, environmentOf } from '../packages/ao/src/local/aos/aos-request.ts';

const CACHE = join(import.meta.dirname, '../node_modules/.cache/beamline');
const MODULE = testId('module');

/**
 * One kernel role, the same messages on aos and on raw Lua, medians inside the worker; and a plain Eval beside the
 * official loader, with the heap copied both ways, as compute units call it, and in place.
 */
export async function run({ quick = false }: { quick?: boolean } = {}): Promise<Record<string, number>> {
  const path = await fetchAosForTests(CACHE, TEST_AOS.wasm32);
  if (path === undefined) {
    process.stderr.write(`${describeMissingAos(TEST_AOS.wasm32, CACHE)}\n`);
    return {};
  }
  const bytes = await readFile(path);
  const aos = loadAosModule(bytes, TEST_AOS.wasm32.sha256);
  const { code } = await buildRole({ role: 'ledger', entry: 'network/ledger/role.ts', target: 'lua', root: import.meta.dirname });
  const requests = ledgerRequests(quick ? 200 : 1_000);

  const raw = await createVm({ code });
  const rawMs = median((await raw.computeAll(requests)).slice(1).map(({ ok, ...rest }) => (ok && 'ms' in rest ? rest.ms : Number.NaN)));
  await raw.close();
  const role = await roleOnAos(aos, code, requests);
  const plain = await plainEvals(aos, bytes, quick ? 5 : 20);
  return { aosMessageMs: round(role.messageMs), rawMessageMs: round(rawMs), aosVsRaw: round(role.messageMs / rawMs), ...role.figures, ...plain };
}

function ledgerRequests(count: number): AoMap[] {
  const spec = (slot: number, tags: Record<string, string>) => ({ id: testId(`m${slot}`), process: testId('p'), slot, timestamp: 1_000_000 + 10 * slot, tags });
  const first = processRequest({ ...spec(0, {}), id: testId('p'), committer: testId('o'), authority: testId('node') });
  return [first, ...Array.from({ length: count }, (_, i) =>
    clientRequest({ ...spec(i + 1, { action: 'Mark', number: `${8 * i + 1}`, seq: `${i + 1}` }), committer: testId('ann') }))];
}

async function roleOnAos(aos: AosModule, code: string, [first, ...rest]: AoMap[]): Promise<{ messageMs: number; figures: Record<string, number> }> {
  const environment = environmentOf(testId('p'), first!['body'] as AoMap, MODULE, {});
  const spawned = aosMessage(first!, MODULE);
  const boot: AosMessage = { ...spawned, Data: aosChunk(code), Tags: [...spawned.Tags.filter(({ name }) => name !== 'Type'), { name: 'Type', value: 'Process' }, { name: 'On-Boot', value: 'Data' }] };
  const start = performance.now();
  const vm = await createAosVm({ aos, environment, timeLimitMs: 60_000 });
  const booted = await vm.handle(boot);
  const bootMs = performance.now() - start;
  const handled = await vm.handleAll(rest.map((request) => aosMessage(request, MODULE)));
  const failed = [booted, ...handled].find(({ ok }) => !ok);
  if (failed && !failed.ok) throw new Error(failed.message);
  const before = performance.now();
  const image = await vm.image();
  const imageMs = performance.now() - before;
  await vm.close();
  return {
    messageMs: median(handled.map((one) => (one.ok ? one.ms : Number.NaN))),
    figures: { aosBootMs: round(bootMs), aosImageMs: round(imageMs), aosImageMb: round(image.byteLength / 2 ** 20) },
  };
}

type Handle = (memory: ArrayBuffer | null, message: AosMessage, environment: AosEnvironment) => Promise<{ Memory: ArrayBuffer }>;

async function plainEvals(aos: AosModule, bytes: Buffer, count: number): Promise<Record<string, number>> {
  const environment: AosEnvironment = { Process: { Id: 'p', Owner: 'o', Tags: [{ name: 'Authority', value: 'a' }] }, Module: { Id: 'm', Owner: 'o', Tags: [] } };
  const message = (slot: number): AosMessage => ({
    Id: slot === 0 ? 'p' : `m${slot}`, From: 'o', Owner: 'o', Target: 'p', Module: 'm', Data: 'return 1', Timestamp: slot, 'Block-Height': 1, Nonce: slot,
    Tags: [{ name: slot === 0 ? 'Type' : 'Action', value: slot === 0 ? 'Process' : 'Eval' }],
  });
  const vm = await createAosVm({ aos, environment });
  await vm.handle(message(0));
  const ours = (await vm.handleAll(Array.from({ length: 10 * count }, (_, i) => message(i + 1)))).map((one) => (one.ok ? one.ms : Number.NaN));
  await vm.close();

  const { default: load } = await import('@permaweb/ao-loader') as unknown as { default: (binary: Buffer, options: object) => Promise<Handle> };
  const options = { format: 'wasm32-unknown-emscripten4', computeLimit: 9e12, memoryLimit: '1-gb' };
  const timed = async (handle: Handle, copies: boolean, times: number): Promise<number> => {
    let { Memory: memory } = await handle(null, message(0), environment);
    const taken: number[] = [];
    for (let i = 1; i <= times; i++) {
      const start = performance.now();
      ({ Memory: memory } = await handle(copies ? memory : null, message(i), environment));
      taken.push(performance.now() - start);
    }
    return median(taken);
  };
  const copied = await timed(await load(bytes, options), true, count);
  const inPlace = await timed(await load(bytes, { ...options, UNSAFE_MEMORY: true }), false, 10 * count);
  const evalMs = median(ours);
  return { aosEvalMs: round(evalMs), aosEvalVsLoader: round(copied / evalMs), aosEvalVsLoaderInPlace: round(inPlace / evalMs) };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
