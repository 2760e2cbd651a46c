import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { isFault, systemClock, type AoNetwork, type ProcessId, type SignedItem, type Signer } from '@beamline/core';
import { createHyperbeam, ethereumSigner, loadSigner } from '@beamline/ao';
import { createFaultProxy, type FaultKind, type FaultRule } from '@beamline/ao/fault-proxy';
import { launchLocalNetwork } from '@beamline/ao/local';
import { buildRole } from '@beamline/bundler';
import { createOperator } from '@beamline/kernel/operator';

const LANES = 256;
/** Fits a network on the loopback interface, busy as it is; a tenth of all requests waits for it. */
const TIMEOUT_MS = 2_000;
/** Results are asked for after a time-out or two; older ones would be computed again. */
const RECENT_SLOTS = 16_384;
const FAULTS: FaultKind[] = [
  { kind: 'delay', ms: 20 },
  { kind: 'drop' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  { kind: 'reset' },
  { kind: 'lost-reply' },
  { kind: 'lost-reply', silent: true },
  { kind: 'truncate' },
  { kind: 'wrong-body' },
  { kind: 'reorder', withinMs: 30 },
  { kind: 'duplicate' },
  { kind: 'drip', bytes: 100, everyMs: 1 },
];
const RULES: FaultRule[] = FAULTS.map((fault) => ({ fault, probability: 0.05 }));

/**
 * Messages to a process that runs the kernel and passes every eighth on, through a proxy with 5 % of each fault; 5 % of
 * all messages are sent twice, and 5 % of the outboxes delivered again. The process itself counts what was lost and what
 * was applied twice; so does the one it passes on to.
 */
export async function measureFaults({ messages }: { messages: number }): Promise<Record<string, number>> {
  const dir = await mkdtemp(join(tmpdir(), 'beamline-faults-'));
  const server = await launchLocalNetwork({ dir, limits: { recentSlots: RECENT_SLOTS } });
  const proxy = await createFaultProxy({ target: server.url, clock: systemClock, seed: 4 });
  try {
    const direct = createHyperbeam({ url: server.url, clock: systemClock });
    const owner = await loadSigner(`file:${join(dir, 'operator.json')}`);
    const { code } = await buildRole({ role: 'ledger', entry: 'ledger/role.ts', target: 'lua', root: import.meta.dirname });
    const module = await direct.spawn(await direct.signModule(owner, code));
    const [ledger, sink] = [await spawn(direct, owner, module), await spawn(direct, owner, module)];
    await createOperator({ network: direct, signer: owner, clock: systemClock }).link(ledger, { name: 'sink', process: sink });

    proxy.setRules(RULES);
    const start = performance.now();
    const network = createHyperbeam({ url: proxy.url, clock: systemClock, timeoutMs: TIMEOUT_MS, retries: 8 });
    let sends = 0;
    await Promise.all(Array.from({ length: LANES }, async (_, lane) => {
      const player = ethereumSigner((lane + 1).toString(16).padStart(64, '0'));
      for (let number = lane + 1, seq = 1; number <= messages; number += LANES, seq++) {
        const tags = Object.entries({ Action: 'Mark', Number: String(number), Seq: String(seq) }).map(([name, value]) => ({ name, value }));
        const item = await network.signMessage(player, { target: ledger, tags, data: '' });
        const slot = await sendSurely(network, item);
        sends += 1;
        if (number % 20 === 7) await sendSurely(network, { ...item });
        if (number % 20 === 8) await network.redeliver(ledger, slot).catch(() => undefined);
      }
    }));
    const seconds = (performance.now() - start) / 1000;
    const counts = proxy.counts();

    const [distinct, repeated] = await report(direct, owner, ledger);
    const [arrived, repeatedThere] = await report(direct, owner, sink);
    return {
      faultMessages: sends,
      faultLost: messages - distinct + (Math.floor(messages / 8) - arrived),
      faultDuplicated: repeated + repeatedThere,
      faultSlots: (await direct.slots(ledger)).scheduled,
      faultRequests: counts.requests,
      faultsInjected: FAULTS.map(({ kind }) => kind).filter((kind, i, all) => all.indexOf(kind) === i).reduce((sum, kind) => sum + counts[kind], 0),
      faultSeconds: seconds,
      faultPerSecond: messages / seconds,
    };
  } finally {
    await proxy.close();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** As an application does: what may succeed later is sent again, the same item. */
async function sendSurely(network: AoNetwork, item: SignedItem): Promise<number> {
  for (;;) {
    try {
      return (await network.send(item)).slot;
    } catch (error) {
      if (!isFault(error) || !error.retryable) throw error;
    }
  }
}

async function spawn(network: AoNetwork, owner: Signer, module: string): Promise<ProcessId> {
  return network.spawn(await network.signProcess(owner, { module, tags: [], data: '' }));
}

async function report(network: AoNetwork, owner: Signer, process: ProcessId): Promise<[distinct: number, repeated: number]> {
  const delivery = await network.send(await network.signMessage(owner, { target: process, tags: [{ name: 'Action', value: 'Report' }], data: '' }));
  const [distinct = NaN, repeated = NaN] = delivery.outcome === 'computed' ? String(delivery.output['data']).split(',').map(Number) : [];
  return [distinct, repeated];
}
