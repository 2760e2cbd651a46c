import { resolve } from 'node:path';
import type { AosFile } from '@beamline/ao/local';
import type { NetworkConfig } from '../config.ts';

/** The aos module of a local network, by absolute path. */
export function aosOf(network: NetworkConfig, root: string): AosFile | undefined {
  return network.kind === 'local' && network.aos !== undefined ? { ...network.aos, path: resolve(root, network.aos.path) } : undefined;
}
