import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock, type AoNetwork, type ProcessId } from '@beamline/core';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { launchLocalNetwork } from '@beamline/ao/local';
import { postItems, type Posting } from './post-items.ts';

const players = Array.from({ length: 100 }, (_, i) => ethereumSigner((i + 1).toString(16).padStart(64, '0')));

/** Many processes at once: throughput over 16, spawning 100, and how fast they are back after a `kill -9`. */
export async function crowd({ counter, quick }: { counter: string; quick: boolean }): Promise<Record<string, number>> {
  const dir = await mkdtemp(join(tmpdir(), 'beamline-bench-'));
  let server = await launchLocalNetwork({ dir });
  try {
    const network = createHyperbeam({ url: server.url, clock: systemClock });
    const module = await network.spawn(await network.signModule(players[0]!, counter));
    const each = quick ? 200 : 1_000;

    const items = await Promise.all(Array.from({ length: 100 }, () => network.signProcess(players[0]!, { module, tags: [], data: '1' })));
    const begun = performance.now();
    const processes = await Promise.all(items.map((item) => network.spawn(item)));
    await Promise.all(processes.map((process) => network.read(process, 'count')));
    const spawn100Ms = performance.now() - begun;
    const spawn100RssMb = await residentMb(server.pid);

    const many = processes.slice(0, 16);
    const messages = await interleaved(network, many, each);
    await postItems(server.url, messages.slice(0, messages.length / 10), 32); // warm-up
    const measured = messages.slice(messages.length / 10);
    const sixteenMs = await postItems(server.url, measured, 64);

    // The others get theirs, so that a restart finds 100 processes with as many messages each.
    await postItems(server.url, await interleaved(network, processes.slice(16), each), 64);
    const before = await Promise.all(processes.map((process) => network.read(process, 'count')));
    await server.stop('SIGKILL');
    const killed = performance.now();
    server = await launchLocalNetwork({ dir });
    const again = createHyperbeam({ url: server.url, clock: systemClock });
    const openMs = performance.now() - killed;
    const after = await Promise.all(processes.map((process) => again.read(process, 'count')));
    const restartMs = performance.now() - killed;

    return {
      presignedPerSecond16: round((measured.length * 1000) / sixteenMs),
      spawn100Ms: round(spawn100Ms),
      spawn100RssMb: round(spawn100RssMb),
      restartMessages: 100 * each,
      restartOpenMs: round(openMs),
      restartMs: round(restartMs),
      restartRootsMatch: Number(before.every((count, i) => count === after[i] && count === each + 1)),
      restartRssMb: round(await residentMb(server.pid)),
    };
  } finally {
    await server.stop('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  }
}

/** As many messages for each process, in turn. */
async function interleaved(network: AoNetwork, processes: readonly ProcessId[], each: number): Promise<Posting[]> {
  const postings: Posting[] = [];
  for (let i = 0; i < each; i++) {
    for (const process of processes) {
      const tags = [{ name: 'Action', value: 'Move' }, { name: 'Seq', value: String(i) }];
      postings.push({ process, item: await network.signMessage(players[postings.length % players.length]!, { target: process, tags, data: '{"x":1}' }) });
    }
  }
  return postings;
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
