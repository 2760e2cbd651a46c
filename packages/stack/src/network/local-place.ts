import { Fault } from '@beamline/core';
import type { AosFile } from '@beamline/ao/local';
import type { BeamlineConfig } from '../config.ts';
import { aosOf } from './aos-file.ts';

/** Where the local network of an environment keeps its log, and the port the config gives it. */
export interface LocalPlace {
  environment: string;
  dir: string;
  port?: number;
  aos?: AosFile;
}

/**
 * Which environment's local network is meant: the one named, or the only one there is.
 * @throws Fault `stack/no-local-network`
 */
export function localPlace(config: BeamlineConfig, root: string, dirOf: (environment: string) => string, name?: string): LocalPlace {
  const local = Object.entries(config.environments).flatMap(([each, { network }]) => (network.kind === 'local' ? [{ each, network }] : []));
  const chosen = name === undefined && local.length === 1 ? local[0] : local.find(({ each }) => each === name);
  if (chosen === undefined) {
    throw new Fault('stack/no-local-network', name === undefined ? 'which local network?' : `${name} has no local network`, {
      hint: local.length === 0 ? 'No environment of the config has network: { kind: "local" }.' : `Name one: ${local.map(({ each }) => each).join(', ')}.`,
    });
  }
  const { each, network } = chosen;
  const aos = aosOf(network, root);
  return { environment: each, dir: dirOf(each), ...(network.port === undefined ? {} : { port: network.port }), ...(aos && { aos }) };
}
