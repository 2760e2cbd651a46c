import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { systemClock, type AoNetwork, type ProcessId, type SignedItem, type Signer } from '@beamline/core';
import { createHyperbeam, ethereumSigner, loadSigner } from '@beamline/ao';
import { launchLocalNetwork } from '@beamline/ao/local';
import { parseItem } from '../src/ans104/parse.ts';
import { verifyItem } from '../src/ans104/verify.ts';
import { crowd as measureCrowd } from './crowd.ts';
import { postItems } from './post-items.ts';

const COUNTER = `
function compute(base, req, opts)
  base.count = (base.count or 0) + 1
  base.results = { output = { data = "count=" .. base.count } }
  return base
end`;

/** Messages through HTTP into one process, durable, on a network that runs in a process of its own. */
export async function run({ quick = false }: { quick?: boolean } = {}): Promise<Record<string, number>> {
  const messages = quick ? 2_000 : 10_000;
  const dir = await mkdtemp(join(tmpdir(), 'beamline-bench-'));
  const server = await launchLocalNetwork({ dir });
  try {
    const network = createHyperbeam({ url: server.url, clock: systemClock });
    const crowd = Array.from({ length: 100 }, (_, i) => ethereumSigner((i + 1).toString(16).padStart(64, '0')));
    const arweave = await loadSigner(`file:${join(dir, 'operator.json')}`);
    const module = await network.spawn(await network.signModule(arweave, COUNTER));

    const process = await spawnProcess(network, module, arweave);
    const presigned = await sign(network, process, crowd, messages);
    await post(server.url, process, presigned.slice(0, messages / 10), 32); // warm-up
    const ethereumMs = await post(server.url, process, presigned.slice(messages / 10), 32);

    const rsaItems = await sign(network, process, [arweave], messages / 10);
    const rsaMs = await post(server.url, process, rsaItems, 32);

    const sequential = await sign(network, process, crowd, 200);
    const sequentialMs = await post(server.url, process, sequential, 1);

    const spawns: number[] = [];
    for (let i = 0; i < 10; i++) {
      const item = await network.signProcess(arweave, { module, tags: [], data: '1' });
      const start = performance.now();
      await network.spawn(item);
      spawns.push(performance.now() - start);
    }
    const fresh = await spawnProcess(network, module, arweave);
    const [first] = await sign(network, fresh, crowd, 1);
    const firstMs = await post(server.url, fresh, [first as SignedItem], 1);

    return {
      presignedPerSecond: round((messages * 0.9 * 1000) / ethereumMs),
      presignedRsaPerSecond: round(((messages / 10) * 1000) / rsaMs),
      sequentialMs: round(sequentialMs / 200),
      spawnMs: round(spawns.sort((a, b) => a - b)[5] ?? 0),
      firstMessageMs: round(firstMs),
      ...(await measureCrowd({ counter: COUNTER, quick })),
      ...(await cryptography(arweave, presigned[0] as SignedItem, rsaItems[0] as SignedItem)),
    };
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function spawnProcess(network: AoNetwork, module: string, signer: Signer): Promise<ProcessId> {
  return network.spawn(await network.signProcess(signer, { module, tags: [], data: '1' }));
}

async function sign(network: AoNetwork, target: ProcessId, signers: Signer[], count: number): Promise<SignedItem[]> {
  const items: SignedItem[] = [];
  for (let i = 0; i < count; i++) {
    const signer = signers[i % signers.length] as Signer;
    items.push(await network.signMessage(signer, { target, tags: [{ name: 'Action', value: 'Move' }, { name: 'Seq', value: String(i) }], data: '{"x":1}' }));
  }
  return items;
}

const post = (url: string, process: ProcessId, items: readonly SignedItem[], connections: number): Promise<number> =>
  postItems(url, items.map((item) => ({ process, item })), connections);

async function cryptography(arweave: Signer, ethereumItem: SignedItem, rsaItem: SignedItem): Promise<Record<string, number>> {
  const ethereum = ethereumSigner('1'.repeat(64));
  const digest = parseItem(rsaItem.raw).digest();
  return {
    ethereumVerifyPerSecond: await perSecond(1_000, () => verifyItem(parseItem(ethereumItem.raw))),
    rsaVerifyPerSecond: await perSecond(1_000, () => verifyItem(parseItem(rsaItem.raw))),
    ethereumSignPerSecond: await perSecond(1_000, () => ethereum.sign(digest)),
    rsaSignPerSecond: await perSecond(100, () => arweave.sign(digest)),
  };
}

async function perSecond(times: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await Promise.all(Array.from({ length: times }, work));
  return round((times * 1000) / (performance.now() - start));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
