import { silentLogger, type Clock, type Logger } from '@beamline/core';
import type { RecordingMeter } from './create-meter.ts';
import { createHistory, type RatePoint } from './history.ts';
import { unsampled, type InstanceRef, type InstanceSample } from './instance.ts';
import { observeInstances } from './instance-metrics.ts';
import { readInstance, type InstanceReader } from './read-instance.ts';

export interface CollectorOptions {
  /** Only read from. */
  network: InstanceReader;
  /** Asked before every pass, so that a deployment's new processes are followed at once. */
  instances(): readonly InstanceRef[] | Promise<readonly InstanceRef[]>;
  clock: Clock;
  /** From the end of one pass to the start of the next. @default 1000 */
  intervalMs?: number;
  /** A process that answers later counts as dead. @default 3000 */
  timeoutMs?: number;
  /** Processes read at the same time; each costs two requests. @default 8 */
  concurrency?: number;
  /** Passes kept for charts, about 40 bytes per instance each. @default 300 */
  keep?: number;
  /** Where the samples appear as `beamline_instance_…`. */
  meter?: RecordingMeter;
  logger?: Logger;
}

export interface Collector {
  /** One pass over all instances. Never rejects because of an instance; overlapping calls share one pass. */
  sample(signal?: AbortSignal): Promise<readonly InstanceSample[]>;
  /** The last pass, in the order of `instances()`. */
  latest(): readonly InstanceSample[];
  /** Messages per second, one point per pass, oldest first. */
  history(): readonly RatePoint[];
  /** Samples until aborted; resolves then. */
  run(signal: AbortSignal): Promise<void>;
}

/** Reads health and lag of every instance again and again. A dead instance is a sample, never an exception. */
export function createCollector({
  network, instances, clock, intervalMs = 1_000, timeoutMs = 3_000, concurrency = 8, keep = 300, meter, logger = silentLogger,
}: CollectorOptions): Collector {
  const history = createHistory(keep);
  let latest: readonly InstanceSample[] = [];
  let underway: Promise<readonly InstanceSample[]> | undefined;
  if (meter !== undefined) observeInstances(meter, () => latest);

  async function readWithin(ref: InstanceRef, signal: AbortSignal | undefined): Promise<InstanceSample> {
    const late = new AbortController();
    const over = new AbortController();
    const stop = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
    const previous = latest.find(({ id }) => id === ref.id);
    const timeout = clock.sleep(timeoutMs, over.signal).then(
      () => late.abort(new Error(`no answer within ${timeoutMs} ms`)),
      () => undefined,
    );
    const silence = new Promise<never>((_, reject) => {
      const end = (): void => reject(stop.reason as Error);
      if (stop.aborted) end();
      stop.addEventListener('abort', end, { once: true });
    });
    const context = { network: within(network, silence), atMs: clock.now(), previous, signal: stop };
    silence.catch(() => undefined);
    try {
      return await readInstance(ref, context);
    } finally {
      over.abort();
      await timeout;
    }
  }

  async function pass(signal: AbortSignal | undefined): Promise<readonly InstanceSample[]> {
    const refs = await instances();
    const samples: InstanceSample[] = refs.map(unsampled);
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let at = next++; at < refs.length; at = next++) samples[at] = await readWithin(refs[at] as InstanceRef, signal);
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, refs.length) }, worker));
    latest = samples;
    history.add(clock.now(), samples);
    return samples;
  }

  const sample = (signal?: AbortSignal): Promise<readonly InstanceSample[]> =>
    underway ??= pass(signal).finally(() => { underway = undefined; });

  return {
    sample,
    latest: () => latest,
    history: () => history.points(),
    async run(signal) {
      while (!signal.aborted) {
        await sample(signal).catch((error: unknown) => logger.warn('sampling failed', { error: String(error) }));
        if (!signal.aborted) await clock.sleep(intervalMs, signal).catch(() => undefined);
      }
    },
  };
}

/** Reads that end when `silence` says so, even where an implementation overlooks its signal. */
function within(network: InstanceReader, silence: Promise<never>): InstanceReader {
  return {
    read: (process, path, signal) => Promise.race([network.read(process, path, signal), silence]),
    slots: (process, signal) => Promise.race([network.slots(process, signal), silence]),
  };
}
