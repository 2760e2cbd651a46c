import type { AoMap } from '@beamline/core';
import { createVm } from '@beamline/vm';
import { fullSizeRequest } from './full-size-request.ts';

const CODE = `
local n = 0
function compute(base, req)
  n = n + 1
  base.count = n
  base.results = { output = { data = 'count=' .. n } }
  return base
end
function bare(calls)
  local base, req = {}, { body = { action = 'Inc' }, slot = 1 }
  for _ = 1, calls do compute(base, req, {}) end
end
function tick(calls)
  local x, v = {}, {}
  for i = 1, 10000 do x[i], v[i] = i, i % 7 end
  for _ = 1, calls do for i = 1, 10000 do x[i] = (x[i] + v[i]) % 1000 end end
end
function divide(calls, by)
  local sum = 0
  for i = 1, calls do sum = sum + i % by end
  return sum
end
function fill(columns)
  world = {}
  for c = 1, columns do
    local column = {}
    for i = 1, 60000 do column[i] = i * c end
    world[c] = column
  end
end
function loop() while true do end end`;

const PROCESS = fullSizeRequest(0)['body'] as AoMap;
const TIME_LIMIT_MS = 200;

/** Throughput with a full-size request, cost against the bare Lua call, and what a time-out costs beyond its limit. */
export async function run({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const messages = quick ? 1_000 : 5_000;
  const rounds = quick ? 3 : 7;
  const open = (profile: 'lua@5.3a' | 'lua5.3') =>
    createVm({ code: CODE, profile, base: { process: PROCESS, count: 0 }, timeLimitMs: 60_000 });

  const createMs = await median(rounds, () => elapsed(async () => (await open('lua@5.3a')).close()));
  const [vm, plain] = await Promise.all([open('lua@5.3a'), open('lua5.3')]);
  const requests = Array.from({ length: messages }, (_, i) => fullSizeRequest(i));
  await vm.computeAll(requests);
  const allMs = await median(rounds, () => elapsed(() => vm.computeAll(requests)));
  const eachMs = await median(rounds, () => elapsed(async () => {
    for (const request of requests) await vm.compute(request);
  }));
  const calls = messages * 20;
  const bareMs = await median(rounds, () => elapsed(() => vm.call('bare', calls))) * messages / calls;
  const ratio = async (name: string, ...args: number[]) => {
    const profileMs = await median(rounds, () => elapsed(() => vm.call(name, ...args)));
    return profileMs / await median(rounds, () => elapsed(() => plain.call(name, ...args)));
  };
  const figures = {
    requestBytes: JSON.stringify(fullSizeRequest(0)).length,
    createMs,
    computePerSecond: messages / eachMs * 1_000,
    computeAllPerSecond: messages / allMs * 1_000,
    computeVsBareLuaCall: allMs / bareMs,
    tickVsPlainLua: await ratio('tick', 20),
    moduloByVariableVsPlainLua: await ratio('divide', 200_000, 7),
  };
  await Promise.all([vm.close(), plain.close()]);
  return rounded({
    ...figures,
    timeoutRecoveryMs: await recovery(rounds, 0),
    timeoutRecoveryWorldMs: await recovery(rounds, 5),
  });
}

/** From the time limit until the next answer. A column holds 60,000 integers. */
async function recovery(rounds: number, columns: number): Promise<number> {
  const vm = await createVm({ code: CODE, timeLimitMs: TIME_LIMIT_MS });
  if (columns > 0) await vm.call('fill', columns);
  await vm.compute(fullSizeRequest(0));
  const ms = await median(rounds, () => elapsed(async () => {
    await vm.call('loop').catch(() => undefined);
    await vm.compute(fullSizeRequest(1));
  }));
  await vm.close();
  return ms - TIME_LIMIT_MS;
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function median(rounds: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < rounds; i++) values.push(await measure());
  return values.sort((a, b) => a - b)[rounds >> 1]!;
}

function rounded(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(3))]));
}
