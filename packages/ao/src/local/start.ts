import { mkdir, realpath } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Fault, silentLogger, type Address, type Clock, type Id, type Logger } from '@beamline/core';
import { createWallet } from '../signers/wallet-file.ts';
import { loadSigner } from '../signers/load-signer.ts';
import { publishAos, type AosFile } from './aos/publish-aos.ts';
import { announce } from './folder/announcement.ts';
import { lockFolder } from './folder/folder-lock.ts';
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
  /** Published at the start and named `aos`. @default none: publish modules at `/gw/tx` */
  aos?: AosFile;
  logger?: Logger;
}

export interface LocalNetwork {
  /** Without a slash at the end. */
  url: string;
  /** The operator's, which is also the default authority and scheduler. */
  address: Address;
  /** Id of the module that `aos` supplied. */
  aosModule?: Id;
  /** Stops answering, writes what is pending, ends the workers. */
  close(): Promise<void>;
}

/**
 * Starts an AO network on the loopback interface that behaves like a HyperBEAM node. Everything it acknowledged is on
 * disk; a restart continues where it was.
 * @throws Fault `ao/log-damaged`, `ao/bad-key`, `ao/network-running` (somebody has the folder), `ao/port-taken`;
 * `ao/no-aos`, `vm/wrong-module`, `vm/bad-module` of the module.
 */
export async function startLocalNetwork({ dir, clock, port = 0, operator, limits, aos, logger = silentLogger }: LocalNetworkOptions): Promise<LocalNetwork> {
  await mkdir(dir, { recursive: true });
  const folder = await realpath(dir);
  const undo: (() => Promise<unknown>)[] = [await lockFolder(folder)];
  let closing: Promise<void> | undefined;
  // Asked twice, by two signals perhaps, it is done once, and both wait for it.
  const close = (): Promise<void> => (closing ??= (async () => {
    for (const step of undo.reverse()) await step();
  })());
  try {
    const signer = operator === undefined ? await createWallet(join(folder, 'operator.json')) : await loadSigner(`file:${operator}`);
    const node = await openNode({ dir: folder, signer, clock, limits: { ...DEFAULT_LIMITS, ...limits } });
    undo.push(() => node.close());
    const aosModule = aos && (await publishAos(node, aos));
    const { server, close: endTasks } = createNodeServer(node, clock, logger);
    undo.push(endTasks, () => closed(server));
    const url = `http://127.0.0.1:${await listen(server, port)}`;
    await announce(folder, url);
    return { url, address: signer.address, ...(aosModule === undefined ? {} : { aosModule }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    throw new Fault('ao/port-taken', `port ${port} cannot be listened on (${error.code})`, { hint: 'Choose another with --port, or 0 for a free one.', details: { port } });
  });
  return (server.address() as AddressInfo).port;
}

/** A server that never listened closes at once. */
async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
}
