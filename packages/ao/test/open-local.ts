import { constants, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { systemClock, type AoNetwork, type Id, type Logger, type ProcessId, type SignedItem, type Signer } from '@beamline/core';
import { createHyperbeam, createWallet, ethereumSigner } from '@beamline/ao';
import { startLocalNetwork, type LocalLimits, type LocalNetwork } from '@beamline/ao/local';
import { TEST_PROCESS } from '../src/testing.ts';

/** A local network in a folder of its own, a client, and the test process. */
export interface OpenLocal {
  dir: string;
  server: LocalNetwork;
  network: AoNetwork;
  operator: Signer;
  player: Signer;
  module: Id;
  spawn(source?: string): Promise<ProcessId>;
  sign(target: ProcessId, action: string, tags?: Record<string, string>, data?: string | Uint8Array): Promise<SignedItem>;
  post(path: string, item: SignedItem): Promise<Response>;
  get(path: string): Promise<Response>;
  dispose(): Promise<void>;
}

export const JSON_FORM = 'require-codec=application/json&accept-bundle=true';
export const player = ethereumSigner('42'.repeat(32));

/** Making an RSA-4096 key takes seconds, so that all tests of this machine share one. */
const WALLET = join(tmpdir(), `beamline-test-wallet-${userInfo().uid}`, 'operator.json');

/** Puts the shared wallet into a network's folder that has none. */
export async function giveWallet(dir: string): Promise<void> {
  await createWallet(WALLET);
  await copyFile(WALLET, join(dir, 'operator.json'), constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** @param options `operator: 'own'`: another address than the networks of other tests, as nodes beside each other have. */
export async function openLocal({ dir, limits, logger, operator }: { dir?: string; limits?: LocalLimits; logger?: Logger; operator?: 'own' } = {}): Promise<OpenLocal> {
  const folder = dir ?? (await mkdtemp(join(tmpdir(), 'beamline-ao-')));
  if (operator !== 'own') await giveWallet(folder);
  const server = await startLocalNetwork({ dir: folder, clock: systemClock, ...(limits && { limits }), ...(logger && { logger }) });
  const network = createHyperbeam({ url: server.url, clock: systemClock, retries: 1 });
  const publish = async (source: string) => network.spawn(await network.signModule(player, source));
  const module = await publish(TEST_PROCESS);
  return {
    dir: folder, server, network, player, module,
    operator: await createWallet(join(folder, 'operator.json')),
    spawn: async (source) =>
      network.spawn(await network.signProcess(player, { module: source === undefined ? module : await publish(source), tags: [], data: '1' })),
    sign: (target, action, tags = {}, data = 'x') =>
      network.signMessage(player, {
        target,
        tags: [{ name: 'Action', value: action }, ...Object.entries(tags).map(([name, value]) => ({ name, value }))],
        data,
      }),
    post: (path, { raw }) =>
      fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'application/ans104', 'codec-device': 'ans104@1.0' }, body: raw as Uint8Array<ArrayBuffer> }),
    get: (path) => fetch(server.url + path),
    async dispose() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
