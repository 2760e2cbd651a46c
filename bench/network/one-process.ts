import { join } from 'node:path';
import { loadSigner } from '@beamline/ao';
import { COUNTER, openBenchNetwork, PLAYERS, signPostings, spawnProcess, WARM_UP } from './local-bench.ts';
import { postItems } from './post-items.ts';

/** Messages through HTTP into one process, durable. */
export async function measureOneProcess({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const messages = quick ? 2_000 : 10_000;
  const { server, network, dir, dispose } = await openBenchNetwork();
  try {
    const arweave = await loadSigner(`file:${join(dir, 'operator.json')}`);
    const module = await network.spawn(await network.signModule(arweave, COUNTER));
    const process = await spawnProcess(network, module, arweave);
    const presigned = await signPostings(network, [process], WARM_UP + messages);
    await postItems(server.url, presigned.slice(0, WARM_UP), 32);
    const ethereumMs = await postItems(server.url, presigned.slice(WARM_UP), 32);
    const rsa = await signPostings(network, [process], messages / 10, [arweave]);
    const rsaMs = await postItems(server.url, rsa, 32);
    const sequentialMs = await postItems(server.url, await signPostings(network, [process], 200), 1);

    const spawns: number[] = [];
    for (let i = 0; i < 10; i++) {
      const item = await network.signProcess(arweave, { module, tags: [], data: '1' });
      const start = performance.now();
      await network.spawn(item);
      spawns.push(performance.now() - start);
    }
    const fresh = await spawnProcess(network, module, arweave);
    const firstMs = await postItems(server.url, await signPostings(network, [fresh], 1, PLAYERS), 1);
    return {
      presignedPerSecond: (messages * 1000) / ethereumMs,
      presignedRsaPerSecond: (rsa.length * 1000) / rsaMs,
      sequentialMs: sequentialMs / 200,
      spawnMs: spawns.sort((a, b) => a - b)[5] ?? 0,
      firstMessageMs: firstMs,
    };
  } finally {
    await dispose();
  }
}
