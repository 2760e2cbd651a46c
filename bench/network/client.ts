import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, createSigner } from '@permaweb/aoconnect';
import { loadSigner } from '@beamline/ao';
import { COUNTER, openBenchNetwork, spawnProcess } from './local-bench.ts';

/**
 * The unmodified official client, RSA-4096, one message after the other: how much longer `message` takes than the
 * client's own signer inside it, which no network can make faster.
 */
export async function measureClient({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const messages = quick ? 50 : 200;
  const { server, network, dir, dispose } = await openBenchNetwork();
  try {
    const wallet = join(dir, 'operator.json');
    const operator = await loadSigner(`file:${wallet}`);
    const process = await spawnProcess(network, await network.spawn(await network.signModule(operator, COUNTER)), operator);
    const signer = createSigner(JSON.parse(await readFile(wallet, 'utf8')));
    let signingMs = 0;
    const timed = (async (...call: Parameters<typeof signer>) => {
      const start = performance.now();
      try {
        return await signer(...call);
      } finally {
        signingMs += performance.now() - start;
      }
    }) as typeof signer;
    const ao = connect({ MODE: 'mainnet', URL: server.url, signer: timed });
    const send = (i: number) => ao.message({ process, tags: [{ name: 'Action', value: 'Move' }, { name: 'Seq', value: String(i) }], data: '{"x":1}' });
    for (let i = 0; i < messages / 2; i++) await send(i); // warm-up
    signingMs = 0;
    const start = performance.now();
    for (let i = 0; i < messages; i++) await send(i);
    const totalMs = performance.now() - start;
    return { clientVsSigning: totalMs / signingMs, clientMessageMs: totalMs / messages, clientSigningMs: signingMs / messages };
  } finally {
    await dispose();
  }
}
