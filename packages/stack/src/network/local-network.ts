import { mkdir } from 'node:fs/promises';
import { lastPort, launchLocalNetwork, networkStatus, type AosFile } from '@beamline/ao/local';
import { isFault, silentLogger, type Clock, type Logger } from '@beamline/core';
import { createFsLock } from '@beamline/deployer/fs';

export interface LocalNetworkHandle {
  url: string;
  /** Of the network's process. */
  pid: number;
  /** Ends the network if this handle started it. */
  close(): Promise<void>;
}

export interface LocalNetworkOptions {
  /** Folder of its log and wallet. One network per folder. */
  dir: string;
  /** @default the one it had last time, else a free one */
  port?: number | undefined;
  aos?: AosFile | undefined;
  clock: Clock;
  logger?: Logger;
  /** Called when the network ended by itself and was started again on the same address. */
  onRestart?(): void;
}

const START_MS = 20_000;
const RETRY_MS = 100;
/** More restarts than this mean that it cannot run at all. */
const MAX_RESTARTS = 20;

/**
 * The local network of a folder: the one another program runs, or a child process of this one. A child that ends by
 * itself is started again at the same address; its log is durable.
 * @throws Fault of `launchLocalNetwork`
 */
export async function attachLocalNetwork(options: LocalNetworkOptions): Promise<LocalNetworkHandle> {
  const { dir, clock } = options;
  await mkdir(dir, { recursive: true });
  const lock = createFsLock({ root: dir });
  const deadline = clock.now() + START_MS;
  for (;;) {
    const found = await networkStatus(dir, clock);
    if (found.running) return { url: found.url, pid: found.pid, close: async () => undefined };
    try {
      const lease = await lock.acquire('owner', 'the local network', clock.now());
      return await run(options, () => lease.release());
    } catch (error) {
      // Another program is about to start it, or to end it: its status will tell.
      const isBusy = isFault(error, 'deployer/locked') || isFault(error, 'ao/network-running');
      if (!isBusy || clock.now() > deadline) throw error;
      await clock.sleep(RETRY_MS);
    }
  }
}

async function run({ dir, port, aos, logger = silentLogger, onRestart, clock }: LocalNetworkOptions, release: () => Promise<void>): Promise<LocalNetworkHandle> {
  let closing = false;
  let restarts = 0;
  let child = await launchLocalNetwork({ dir, port: port ?? (await lastPort(dir)), ...(aos && { aos }) }).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  const handle: LocalNetworkHandle = {
    url: child.url,
    pid: child.pid,
    async close() {
      if (closing) return;
      closing = true;
      await child.stop();
      await release();
    },
  };

  const watch = (): void => {
    void child.ended.then(async (how) => {
      if (closing) return;
      if (how === 'exit code 0') {
        // Somebody stopped it, and meant it.
        logger.warn('the local network was stopped');
        return release();
      }
      if ((restarts += 1) > MAX_RESTARTS) return;
      logger.warn('the local network ended by itself; starting it again', { how });
      try {
        await clock.sleep(RETRY_MS);
        child = await launchLocalNetwork({ dir, port: Number(new URL(handle.url).port), ...(aos && { aos }) });
        handle.pid = child.pid;
        if (closing) return void child.stop();
        onRestart?.();
        watch();
      } catch (error) {
        logger.error('the local network cannot be started again', { error: String(error) });
      }
    });
  };
  watch();
  return handle;
}
