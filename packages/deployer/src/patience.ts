import { Fault, describeError, isFault } from '@beamline/core';
import type { Clock, Logger, ProcessId } from '@beamline/core';
import type { DeployEvent } from './strategy.ts';

export interface Patience {
  clock: Clock;
  /** How long an outage may last before the runner stops. */
  patienceMs: number;
  logger: Logger;
  signal?: AbortSignal;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Performs a command until it is done or cannot succeed. A retryable Fault is an outage: waited out, with growing
 * pauses, and after `patienceMs` a reason to stop, for the journal says how to go on. Any other error is an answer: the
 * command failed.
 * @throws Fault `deployer/interrupted`
 */
export async function patiently(
  { clock, patienceMs, logger, signal }: Patience, deployment: string, act: () => Promise<DeployEvent>,
): Promise<DeployEvent> {
  const giveUpAt = clock.now() + patienceMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await act();
    } catch (error) {
      if (signal?.aborted) throw interrupted(deployment, error);
      if (!isFault(error)) {
        logger.error('command failed', { deployment, error: describeError(error) });
        return { on: 'failed', reason: error instanceof Error ? error.message : String(error), at: clock.now() };
      }
      if (!error.retryable) return { on: 'failed', reason: `${error.code}: ${error.message}`, ...silentOf(error), at: clock.now() };
      if (clock.now() + waitMs > giveUpAt) throw interrupted(deployment, error);
      logger.warn('command will be repeated', { deployment, waitMs, error: error.code });
      await clock.sleep(waitMs, signal);
    }
  }
}

const silentOf = ({ code, details }: Fault): { silent?: readonly ProcessId[] } =>
  (code === 'deployer/silent' && typeof details['process'] === 'string' ? { silent: [details['process']] } : {});

function interrupted(deployment: string, cause: unknown): Fault {
  return new Fault('deployer/interrupted', `deployment ${deployment} stopped: ${cause instanceof Error ? cause.message : String(cause)}`, {
    hint: `Once the cause is gone: beamline deploy --resume ${deployment}`, retryable: true, cause,
  });
}
