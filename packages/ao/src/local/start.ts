import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { silentLogger, type Address, type Clock, type Logger } from '@beamline/core';
import { createWallet } from '../signers/wallet-file.ts';
import { loadSigner } from '../signers/load-signer.ts';
import { createNodeServer } from './http/serve.ts';
import { DEFAULT_LIMITS, type LocalLimits } from './limits.ts';
import { openNode } from './node.ts';

export interface LocalNetworkOptions {
  /** Folder of the log and the operator's wallet; created when missing. One running network per folder. */
  dir: string;
  clock: Clock;
  /** 0 takes a free one. @default 0 */
  port?: number;
  /** Path of the operator's wallet. @default `<dir>/operator.json`, created once (RSA-4096, mode 600, 0.2–4 s) */
  operator?: string;
  limits?: LocalLimits;
  logger?: Logger;
}

export interface LocalNetwork {
  /** Without a slash at the end. */
  url: string;
  /** The operator's, which is also the default authority and scheduler. */
  address: Address;
  /** Stops answering, writes what is pending, ends the workers. */
  close(): Promise<void>;
}

/**
 * Starts an AO network on the loopback interface that behaves like a HyperBEAM node. Everything it acknowledged is on
 * disk; a restart continues where it was.
 * @throws Fault `ao/log-damaged`, `ao/bad-key`.
 */
export async function startLocalNetwork({ dir, clock, port = 0, operator, limits, logger = silentLogger }: LocalNetworkOptions): Promise<LocalNetwork> {
  await mkdir(dir, { recursive: true });
  const signer = operator === undefined ? await createWallet(join(dir, 'operator.json')) : await loadSigner(`file:${operator}`);
  const node = await openNode({ dir, signer, clock, limits: { ...DEFAULT_LIMITS, ...limits } });
  const server = createNodeServer(node, clock, logger);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch(async (error: unknown) => {
    await node.close();
    throw error;
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    address: signer.address,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await node.close();
    },
  };
}
