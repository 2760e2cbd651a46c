import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AoMap, AoNetwork, ProcessId } from '@beamline/core';
import { createVm } from '@beamline/vm';
import { COUNTER, openBenchNetwork, PLAYERS, signPostings, WARM_UP } from './local-bench.ts';
import { postItems } from './post-items.ts';

/** Many processes at once: throughput over 16, spawning 100, and how fast they are back after a `kill -9`. */
export async function measureCrowd({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const each = quick ? 100 : 1_000;
  let bench = await openBenchNetwork();
  try {
    const { network, server } = bench;
    const module = await network.spawn(await network.signModule(PLAYERS[0]!, COUNTER));
    const items = await Promise.all(Array.from({ length: 100 }, () => network.signProcess(PLAYERS[0]!, { module, tags: [], data: '1' })));
    const begun = performance.now();
    const processes = await Promise.all(items.map((item) => network.spawn(item)));
    await Promise.all(processes.map((process) => network.read(process, 'count')));
    const spawn100Ms = performance.now() - begun;
    const spawn100RssMb = await residentMb(server.pid);

    // Then all of them get as many, so that a restart finds 100 processes with as many messages each.
    const many = processes.slice(0, 16);
    const postings = await signPostings(network, many, Math.max(each, 400));
    await postItems(server.url, postings.slice(0, WARM_UP), 32);
    const measured = postings.slice(WARM_UP);
    const sixteenMs = await postItems(server.url, measured, 64);
    await postItems(server.url, await signPostings(network, processes.slice(16), each), 64);

    const before = await Promise.all(processes.map((process) => rootOf(network, process)));
    const killed = performance.now();
    bench = await bench.crash();
    const openMs = performance.now() - killed;
    const after = await Promise.all(processes.map((process) => rootOf(bench.network, process)));
    const restartMs = performance.now() - killed;
    const replayed = await Promise.all([0, 50, 99].map((i) => replayedRoot(bench.network, processes[i]!)));
    const slots = await Promise.all(processes.map((process) => bench.network.slots(process)));

    return {
      presignedPerSecond16: (measured.length * 1000) / sixteenMs,
      spawn100Ms,
      spawn100RssMb,
      restartMessages: slots.reduce((sum, { scheduled }) => sum + scheduled, 0),
      restartOpenMs: openMs,
      restartMs,
      restartRootsMatch: Number(before.every((root, i) => root === after[i]) && [0, 50, 99].every((at, i) => after[at] === replayed[i])),
      restartRssMb: await residentMb(bench.server.pid),
    };
  } finally {
    await bench.dispose();
  }
}

/** Of what the process tells of its hidden state, and of its public state. */
async function rootOf(network: AoNetwork, process: ProcessId): Promise<string> {
  const delivery = await network.send(await network.signMessage(PLAYERS[0]!, { target: process, tags: [{ name: 'Action', value: 'Root' }], data: '' }));
  const told = delivery.outcome === 'computed' ? delivery.output['data'] : delivery.detail;
  return hash('sha256', `${String(told)} ${String(await network.read(process, 'count'))}`);
}

/** The same of a replay of the whole schedule elsewhere, without any snapshot. */
async function replayedRoot(network: AoNetwork, process: ProcessId): Promise<string> {
  let vm: Awaited<ReturnType<typeof createVm>> | undefined;
  let told = '';
  let count: unknown;
  try {
    for await (const { req } of network.schedule(process)) {
      vm ??= await createVm({ code: COUNTER, base: { process: req['body'] as AoMap } });
      const computed = await vm.compute(req);
      if (!computed.ok) throw new Error(computed.message);
      told = String((computed.results?.['output'] as AoMap)['data']);
      count = computed.changed['count'] ?? count;
    }
    return hash('sha256', `${told} ${String(count)}`);
  } finally {
    await vm?.close();
  }
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
