import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Signer } from '@beamline/core';
import { createWallet, ethereumSigner } from '@beamline/ao';
import { createLegacynet, type Legacynet, type LegacynetOptions } from '@beamline/ao/legacynet';
import type { LocalLimits, LocalNetwork } from '@beamline/ao/local';
import { startWithAos } from './open-aos.ts';

export interface OpenLegacynet {
  dir: string;
  server: LocalNetwork;
  network: Legacynet;
  operator: Signer;
  player: Signer;
  dispose(): Promise<void>;
}

export function legacynetAt(url: string, aosModule: string, options: Partial<LegacynetOptions> = {}): Legacynet {
  return createLegacynet({ muUrl: `${url}/mu`, cuUrl: `${url}/cu`, suUrl: `${url}/su`, aosModule, clock: systemClock, retries: 2, ...options });
}

/** A local network with aos, and legacynet's client on its units. */
export async function openLegacynet({ limits, wallet }: { limits?: LocalLimits; wallet?: string } = {}): Promise<OpenLegacynet> {
  const dir = await mkdtemp(join(tmpdir(), 'beamline-legacynet-'));
  if (wallet !== undefined) await copyFile(wallet, join(dir, 'operator.json'));
  const server = await startWithAos(dir, limits);
  return {
    dir, server,
    network: legacynetAt(server.url, server.aosModule!),
    operator: await createWallet(join(dir, 'operator.json')),
    player: ethereumSigner('42'.repeat(32)),
    async dispose() {
      await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
