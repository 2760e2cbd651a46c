import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Delivery, ProcessId } from '@beamline/core';
import { openLocal, type OpenLocal } from './open-local.ts';

/** Behaves until it is told not to. */
const SOURCE = `
function compute(base, req)
  local action = req.body.action
  base.count = (base.count or 0) + 1
  if action == "Loop" then while true do pcall(error) end end
  if action == "Recurse" then local function deeper(n) return 1 + deeper(n + 1) end pcall(deeper, 1) end
  if action == "Fill" then local t = {} while true do pcall(function() t[#t + 1] = ("x"):rep(100000) .. #t end) end end
  if action == "Grow" then
    base.text = ("0123456789abcdef"):rep(327680)
    local rows = {}
    for i = 1, 20000 do rows["k" .. i] = i end
    base.rows = rows
  end
  if action == "Flood" then
    local outbox = {}
    for i = 1, 200 do outbox["m" .. i] = { target = req.body.to, action = "Inc" } end
    base.results = { outbox = outbox, output = { data = "count=" .. base.count } }
    return base
  end
  base.results = { output = { data = "count=" .. base.count } }
  return base
end`;

/** Patient, so that what is slow on a busy machine is not taken for endless; impatient, for what is endless. */
const LIMITS = { patient: { computeMs: 60_000, memoryBytes: 48 * 1024 * 1024 }, impatient: { computeMs: 1_500, memoryBytes: 48 * 1024 * 1024 } };
let networks: Record<keyof typeof LIMITS, OpenLocal>;
let local: OpenLocal;
let module: ProcessId;
beforeAll(async () => {
  networks = { patient: await openLocal({ limits: LIMITS.patient }), impatient: await openLocal({ limits: LIMITS.impatient }) };
});
afterAll(() => Promise.all(Object.values(networks).map((network) => network.dispose())));

async function on(which: keyof typeof LIMITS): Promise<void> {
  local = networks[which];
  module = await local.network.spawn(await local.network.signModule(local.player, SOURCE));
}

const spawn = async () => local.network.spawn(await local.network.signProcess(local.player, { module, tags: [], data: '' }));
const send = async (process: ProcessId, action: string, tags: Record<string, string> = {}): Promise<Delivery> => local.network.send(await local.sign(process, action, tags));

/** Eight players of four processes, while somebody else misbehaves. */
async function serveOthersWhile<T>(work: () => Promise<T>): Promise<T> {
  const others = await Promise.all([spawn(), spawn(), spawn(), spawn()]);
  for (const other of others) await send(other, 'Inc');
  const bad = work();
  const outcomes = await Promise.all([...others, ...others].map(async (other) => {
    const all: Delivery[] = [];
    for (let i = 0; i < 5; i++) all.push(await send(other, 'Inc'));
    return all;
  }));
  expect(outcomes.flat().map(({ outcome }) => outcome)).toEqual(Array.from({ length: 40 }, () => 'computed'));
  for (const other of others) expect(await local.network.read(other, 'count')).toBe(12);
  return bad;
}

it.each([
  ['loops without end', 'Loop', 'impatient'],
  ['takes all the memory it can get', 'Fill', 'patient'],
] as const)('serves everybody else while one process %s, and stops that one', async (_, action, which) => {
  await on(which);
  const bad = await spawn();
  await send(bad, 'Inc');
  expect(await serveOthersWhile(() => send(bad, action))).toMatchObject({ outcome: 'scheduled', slot: 2 });
  // Stuck, and still readable as it was before.
  expect([await local.network.read(bad, 'count'), await local.network.slots(bad)]).toEqual([2, { scheduled: 2, computed: 1 }]);
  expect((await local.get(`/${bad}~process@1.0/now`)).status).toBe(500);
});

it('survives endless recursion, which kills a real node', async () => {
  await on('patient');
  const bad = await spawn();
  const outcome = await serveOthersWhile(() => send(bad, 'Recurse'));
  // pcall may contain it here; whatever comes of it stays in the process.
  expect(['computed', 'scheduled']).toContain(outcome.outcome);
});

it('serves everybody else while one process grows to 5 MB and 20,000 keys, and shows them whole', async () => {
  await on('patient');
  const big = await spawn();
  expect(await serveOthersWhile(() => send(big, 'Grow'))).toMatchObject({ outcome: 'computed', slot: 1 });
  const text = await (await local.get(`/${big}~process@1.0/now/text`)).text();
  expect(text === '0123456789abcdef'.repeat(327_680)).toBe(true);
  const rows = (await local.network.read(big, 'rows')) as Record<string, number>;
  expect([Object.keys(rows).length, rows['k1'], rows['k20000']]).toEqual([20_000, 1, 20_000]);
  expect(await serveOthersWhile(() => send(big, 'Inc'))).toMatchObject({ outcome: 'computed', output: { data: 'count=3' } });
});

it('serves everybody else while one process sends two hundred messages at a time, and delivers all of them', async () => {
  await on('patient');
  const [from, to] = await Promise.all([spawn(), spawn()]);
  expect(await serveOthersWhile(() => send(from, 'Flood', { To: to }))).toMatchObject({ outcome: 'computed' });
  expect(await local.network.slots(to)).toMatchObject({ scheduled: 200 });
});

it('comes back with the stuck ones stuck and the others as they were', async () => {
  await on('impatient');
  const [bad, good] = [await spawn(), await spawn()];
  await send(good, 'Inc');
  await send(bad, 'Loop');
  await local.server.close();
  local = networks.impatient = await openLocal({ dir: local.dir, limits: LIMITS.patient });
  expect(await send(good, 'Inc')).toMatchObject({ outcome: 'computed', output: { data: 'count=3' } });
  expect(await send(bad, 'Inc')).toMatchObject({ outcome: 'scheduled' });
});
