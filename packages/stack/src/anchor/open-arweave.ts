import { loadSigner } from '@beamline/ao';
import { createArweave, type ArweaveClient } from '@beamline/ao/arweave';
import { Fault, type Address, type Clock, type Signer } from '@beamline/core';
import type { AnchorConfig, EnvironmentConfig } from '../config.ts';
import type { Connection } from '../network/connect.ts';
import { absoluteReference } from '../secret.ts';

/** Arweave as one environment uses it. */
export interface OpenArweave {
  arweave: ArweaveClient;
  /** Signs anchors. Asked for only when something is signed, or nobody else is trusted: whoever verifies needs no key. */
  signer(): Promise<Signer>;
  /** Whose anchors count. */
  owners(): Promise<readonly Address[]>;
}

export interface OpenArweaveOptions {
  environment: string;
  config: EnvironmentConfig;
  root: string;
  clock: Clock;
  connection(): Promise<Connection>;
}

/** The local network's blocks come every second. */
const LOCAL_CONFIRMATIONS = 2;

/** @throws Fault `stack/no-anchor` when the environment's network is elsewhere and the config names no gateway */
export async function openArweave({ environment, config, root, clock, connection }: OpenArweaveOptions): Promise<OpenArweave> {
  const anchor: AnchorConfig = config.anchor ?? {};
  const isLocal = config.network.kind === 'local';
  const own = isLocal && (anchor.upload === undefined || anchor.gateway === undefined) ? `${(await connection()).url}/gw` : undefined;
  const [uploadUrl, gatewayUrl] = [anchor.upload ?? own, anchor.gateway ?? own];
  if (uploadUrl === undefined || gatewayUrl === undefined) {
    throw new Fault('stack/no-anchor', `environment ${environment} does not say where to anchor`, {
      hint: `Set environments.${environment}.anchor to { upload: <url of a bundler>, gateway: <url of an Arweave gateway> }.`,
    });
  }
  const confirmations = anchor.confirmations ?? (isLocal && own !== undefined ? LOCAL_CONFIRMATIONS : undefined);
  const signer = async (): Promise<Signer> =>
    (anchor.signer === undefined ? (await connection()).signer : loadSigner(absoluteReference(anchor.signer, root)));
  return {
    arweave: createArweave({ uploadUrl, gatewayUrl, clock, ...(confirmations !== undefined && { finalConfirmations: confirmations }) }),
    signer,
    owners: async () => anchor.owners ?? [(await signer()).address],
  };
}
