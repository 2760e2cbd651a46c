import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHyperbeam, loadSigner } from '@beamline/ao';
import { launchLocalNetwork } from '@beamline/ao/local';
import type { Clock } from '@beamline/core';
import type { ForkSite } from '@beamline/deployer/rehearsal';

/** A local network on a free port, in a folder that goes with it. It ends with this program, however that ends. */
export async function openFork(clock: Clock): Promise<ForkSite> {
  const dir = await mkdtemp(join(tmpdir(), 'beamline-fork-'));
  try {
    const { url, stop } = await launchLocalNetwork({ dir });
    const close = async (): Promise<void> => {
      await stop();
      await rm(dir, { recursive: true, force: true });
    };
    const operator = await loadSigner(`file:${join(dir, 'operator.json')}`).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    return { network: createHyperbeam({ url, clock }), signer: operator, operator, close };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}
