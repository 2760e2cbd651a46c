import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, createSigner } from '@permaweb/aoconnect';
import { loadSigner } from '@beamline/ao';
import { COUNTER, openBenchNetwork, signPostings, spawnProcess, WARM_UP } from './local-bench.ts';
import { postItems } from './post-items.ts';

/**
 * The unmodified official client, RSA-4096, one message after the other: how much longer `message` takes than the
 * client's own signer inside it, which no network can make faster. Every second message is answered in the client's own
 * process, at once, by what the network answered before: `clientAloneVsSigning` is what a network that takes no time
 * would come to.
 */
export async function measureClient({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const messages = quick ? 50 : 200;
  const { server, network, dir, dispose } = await openBenchNetwork();
  try {
    const wallet = join(dir, 'operator.json');
    const operator = await loadSigner(`file:${wallet}`);
    const process = await spawnProcess(network, await network.spawn(await network.signModule(operator, COUNTER)), operator);
    await postItems(server.url, await signPostings(network, [process], WARM_UP), 32);
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
    const send = async (i: number): Promise<[totalMs: number, signingMs: number]> => {
      signingMs = 0;
      const start = performance.now();
      await ao.message({ process, tags: [{ name: 'Action', value: 'Move' }, { name: 'Seq', value: String(i) }], data: '{"x":1}' });
      return [performance.now() - start, signingMs];
    };
    const answered = await recordAnswer(() => send(0));
    for (let i = 0; i < messages; i++) await (i % 2 === 0 ? send(i) : answered(() => send(i))); // warm-up
    const there: [number, number][] = [];
    const alone: [number, number][] = [];
    for (let i = 0; i < messages; i++) {
      there.push(await send(i));
      alone.push(await answered(() => send(i)));
    }
    const sum = (of: [number, number][], at: 0 | 1) => of.reduce((total, pair) => total + pair[at], 0);
    return {
      clientVsSigning: sum(there, 0) / sum(there, 1),
      clientAloneVsSigning: sum(alone, 0) / sum(alone, 1),
      clientMessageMs: sum(there, 0) / messages,
      clientSigningMs: sum(there, 1) / messages,
    };
  } finally {
    await dispose();
  }
}

/** Does a request once, and gives what answers others with the same, without any network. */
async function recordAnswer(request: () => Promise<unknown>): Promise<<T>(again: () => Promise<T>) => Promise<T>> {
  const platform = globalThis.fetch;
  let recorded: { body: ArrayBuffer; init: ResponseInit } | undefined;
  globalThis.fetch = async (...call) => {
    const response = await platform(...call);
    const body = await response.arrayBuffer();
    recorded = { body, init: { status: response.status, headers: [...response.headers] } };
    return new Response(body, recorded.init);
  };
  try {
    await request();
  } finally {
    globalThis.fetch = platform;
  }
  return async (again) => {
    globalThis.fetch = async () => new Response(recorded!.body, recorded!.init);
    try {
      return await again();
    } finally {
      globalThis.fetch = platform;
    }
  };
}
