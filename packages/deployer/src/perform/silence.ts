import { Fault, isFault, type ProcessId, type Slot } from '@beamline/core';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

const SILENCE_MS = 2_000;
/** Between two looks: a process that is merely busy holds nobody up for long. */
const LOOK_MS = 50;

/**
 * Tells a process that is late from one that will never answer: waiting helps only the first.
 * @throws Fault `deployer/silent` for a bricked process, else the error as it came
 */
export async function explainSilence(site: Site, error: unknown, signal?: AbortSignal): Promise<never> {
  const process = isFault(error, 'kernel/not-computed') ? error.details['process'] : undefined;
  if (typeof process !== 'string') throw error;
  const { silent, computed } = await listenTo(site, process, signal);
  if (!silent) throw error;
  throw new Fault('deployer/silent', `${process} has computed nothing since slot ${computed}: it is bricked`, {
    hint: 'Recover it from its newest snapshot and its schedule, then go on: beamline restore.',
    details: { process, slot: computed }, cause: error,
  });
}

/** Of these processes, those that have messages to compute and compute none. */
export async function silentOf(site: Pick<Site, 'network' | 'clock'>, processes: readonly ProcessId[], signal?: AbortSignal): Promise<ProcessId[]> {
  return (await sideBySide(processes, async (process) => ((await listenTo(site, process, signal)).silent ? [process] : []))).flat();
}

async function listenTo({ network, clock }: Pick<Site, 'network' | 'clock'>, process: ProcessId, signal?: AbortSignal): Promise<{ silent: boolean; computed: Slot }> {
  const before = await network.slots(process, signal);
  if (before.computed >= before.scheduled) return { silent: false, computed: before.computed };
  for (const until = clock.now() + SILENCE_MS; clock.now() < until;) {
    await clock.sleep(LOOK_MS, signal);
    const { computed } = await network.slots(process, signal);
    if (computed > before.computed) return { silent: false, computed };
  }
  return { silent: true, computed: before.computed };
}
