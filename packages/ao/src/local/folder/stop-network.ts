import { Fault, type Clock } from '@beamline/core';
import { exists } from './folder-lock.ts';
import { networkStatus } from './network-status.ts';

export interface StopOptions {
  dir: string;
  clock: Clock;
  /** How long to wait until it is gone. @default 30_000 */
  withinMs?: number;
  signal?: AbortSignal;
}

const POLL_MS = 20;

/**
 * Ends the network of a folder and waits until its process is gone. Only a process that answers as this folder's
 * network is ever sent a signal, and only to end in its own time.
 * @returns the pid that ended; `undefined` when none was running.
 * @throws Fault `ao/network-not-answering`, `ao/network-not-stopped`
 */
export async function stopNetwork({ dir, clock, withinMs = 30_000, signal }: StopOptions): Promise<number | undefined> {
  const status = await networkStatus(dir, clock, signal);
  if (!status.running) {
    if (status.pid === undefined) return undefined;
    throw new Fault('ao/network-not-answering', `process ${status.pid} has ${status.dir}, but does not answer as its network`, {
      hint: `It may be starting or ending: try again. If it hangs, look at process ${status.pid} and end it by hand.`,
      retryable: true, details: { dir: status.dir, pid: status.pid },
    });
  }
  const { pid } = status;
  if (pid === process.pid) throw new Fault('ao/network-not-stopped', `the network in ${status.dir} is part of this program: close it here`, { details: { pid } });
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself meanwhile
  }
  const deadline = clock.now() + withinMs;
  while (exists(pid)) {
    if (clock.now() > deadline) {
      throw new Fault('ao/network-not-stopped', `process ${pid} is still there after ${withinMs} ms`, { retryable: true, details: { dir: status.dir, pid } });
    }
    await clock.sleep(POLL_MS, signal);
  }
  return pid;
}
