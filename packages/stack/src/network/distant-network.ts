import { createHyperbeam } from '@beamline/ao';
import { createLegacynet, type NameBook } from '@beamline/ao/legacynet';
import type { AoNetwork, Clock } from '@beamline/core';
import type { NetworkConfig } from '../config.ts';

export type DistantNetwork = Exclude<NetworkConfig, { kind: 'local' }>;

/** A network elsewhere, and the address it is known by. No keys are needed to read it. */
export function distantNetwork(config: DistantNetwork, clock: Clock, names?: NameBook): { network: AoNetwork; url: string } {
  if (config.kind === 'hyperbeam') return { network: createHyperbeam({ url: config.url, clock }), url: config.url };
  const { kind: _, ...units } = config;
  return { network: createLegacynet({ ...units, clock, ...(names && { names }) }), url: config.cuUrl };
}
