import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock, type Signer } from '@beamline/core';
import { createManualClock, type ManualClock } from '@beamline/core/testing';
import { createArweave, type ArweaveClient, type ArweaveOptions } from '../src/arweave.ts';
import { createFaultProxy, type FaultProxy } from '../src/fault-proxy/index.ts';
import { createWallet } from '../src/index.ts';
import { startLocalNetwork, type LocalNetwork } from '../src/local.ts';

export const BLOCK_MS = 120_000;

/** The archive of a local network whose blocks come when the clock is moved, and a client behind a fault proxy. */
export interface OpenArchive {
  server: LocalNetwork;
  proxy: FaultProxy;
  client: ArweaveClient;
  /** Signs with RSA. */
  operator: Signer;
  open(options?: Partial<ArweaveOptions>): ArweaveClient;
  mine(blocks: number): Promise<void>;
  /** Ends the network and starts it again over the same folder. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

/** Pauses pass at once; a request never times out by itself. */
export const hastyClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms < 60_000 ? 0 : ms, signal) };

export async function openArchive(): Promise<OpenArchive> {
  const dir = await mkdtemp(join(tmpdir(), 'beamline-archive-'));
  const clock: ManualClock = createManualClock(1_700_000_000_000);
  const start = () => startLocalNetwork({ dir, clock, limits: { blockMs: BLOCK_MS } });
  let server = await start();
  let proxy = await createFaultProxy({ target: server.url, clock: systemClock });
  const open = (options: Partial<ArweaveOptions> = {}) =>
    createArweave({ uploadUrl: `${proxy.url}/gw`, gatewayUrl: `${proxy.url}/gw`, clock: hastyClock, retries: 2, finalConfirmations: 3, ...options });
  const opened: OpenArchive = {
    server, proxy, client: open(), open,
    operator: await createWallet(join(dir, 'operator.json')),
    mine: (blocks) => clock.advance(blocks * BLOCK_MS),
    async restart() {
      await proxy.close();
      await server.close();
      server = await start();
      proxy = await createFaultProxy({ target: server.url, clock: systemClock });
      Object.assign(opened, { server, proxy, client: open() });
    },
    async dispose() {
      await proxy.close();
      await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return opened;
}
