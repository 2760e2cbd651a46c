import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createHyperbeam, loadSigner } from '@beamline/ao';
import { createNameFile } from '@beamline/ao/legacynet';
import { Fault, type AoNetwork, type Clock, type Logger, type Signer } from '@beamline/core';
import type { EnvironmentConfig } from '../config.ts';
import { absoluteReference } from '../secret.ts';
import { aosOf } from './aos-file.ts';
import { distantNetwork } from './distant-network.ts';
import { attachLocalNetwork } from './local-network.ts';

/** A network and the keys an environment acts with. */
export interface Connection {
  network: AoNetwork;
  url: string;
  /** Owner of the processes. */
  signer: Signer;
  /** The node's operator, who moves aliases. */
  operator: Signer;
  /** Of the local network's process; absent for networks elsewhere. */
  pid(): number | undefined;
  close(): Promise<void>;
}

export interface ConnectOptions {
  environment: string;
  config: EnvironmentConfig;
  /** The config's folder, where relative paths start. */
  root: string;
  /** Of the local network, or of legacynet's names. */
  dir: string;
  clock: Clock;
  logger: Logger;
  onRestart?(): void;
}

/** @throws Fault `stack/no-signer`, and those of `loadSigner` and `launchLocalNetwork` */
export async function connect({ environment, config, root, dir, clock, logger, onRestart }: ConnectOptions): Promise<Connection> {
  const { network } = config;
  if (network.kind !== 'local') {
    if (config.signer === undefined) throw noSigner(environment);
    const signer = await loadSigner(absoluteReference(config.signer, root));
    const operator = config.operator === undefined ? signer : await loadSigner(absoluteReference(config.operator, root));
    const away = { signer, operator, pid: () => undefined, close: async () => undefined };
    if (network.kind === 'hyperbeam') return { ...away, ...distantNetwork(network, clock) };
    await mkdir(dir, { recursive: true });
    return { ...away, ...distantNetwork(network, clock, createNameFile(join(dir, 'names.json'))) };
  }
  const local = await attachLocalNetwork({ dir, port: network.port, aos: aosOf(network, root), clock, logger, ...(onRestart && { onRestart }) });
  try {
    const operator = await loadSigner(`file:${join(dir, 'operator.json')}`);
    const signer = config.signer === undefined ? operator : await loadSigner(absoluteReference(config.signer, root));
    return { network: createHyperbeam({ url: local.url, clock }), url: local.url, signer, operator, pid: () => local.pid, close: local.close };
  } catch (error) {
    await local.close();
    throw error;
  }
}

const noSigner = (environment: string): Fault =>
  new Fault('stack/no-signer', `environment ${environment} has no signer`, {
    hint: `Set environments.${environment}.signer to file:<path of a wallet> or env:<name of a variable>.`,
  });
