import { Fault, isFault } from '@beamline/core';
import type { Site } from './site.ts';

const SILENCE_MS = 2_000;

/**
 * Tells a process that is late from one that will never answer: waiting helps only the first.
 * @throws Fault `deployer/silent` for a bricked process, else the error as it came
 */
export async function explainSilence(site: Site, error: unknown, signal?: AbortSignal): Promise<never> {
  const process = isFault(error, 'kernel/not-computed') ? error.details['process'] : undefined;
  if (typeof process !== 'string') throw error;
  const before = await site.network.slots(process, signal);
  await site.clock.sleep(SILENCE_MS, signal);
  const { computed } = await site.network.slots(process, signal);
  if (computed > before.computed) throw error;
  throw new Fault('deployer/silent', `${process} has computed nothing since slot ${computed}: it is bricked`, {
    hint: 'Recover it from its newest snapshot and its schedule, then go on: beamline restore.',
    details: { process, slot: computed }, cause: error,
  });
}
