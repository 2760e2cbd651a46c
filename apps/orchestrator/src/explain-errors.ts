import { describeError, isFault, type Logger } from '@beamline/core';
import { describeTraced } from '@beamline/stack';
import type { Watch } from './watch.ts';
import type { WatchedEnvironment } from './watched-environment.ts';

/**
 * Tells the timeline where errors that processes count came from, in the sources: the last one of an instance, once, one
 * instance after another. Returns the way to stop.
 */
export function explainErrors(environment: WatchedEnvironment, watch: Watch, logger: Logger): () => Promise<void> {
  const told = new Map<string, string>();
  const stop = new AbortController();
  let queue: Promise<void> = Promise.resolve();

  async function explain(instance: string): Promise<void> {
    try {
      const traced = await environment.explain(instance, {}, stop.signal);
      if (traced === undefined || stop.signal.aborted) return;
      environment.events.publish({ kind: 'note', level: 'warning', text: describeTraced(instance, traced) });
    } catch (error) {
      if (!stop.signal.aborted) logger.warn('an error could not be explained', { instance, error: isFault(error) ? describeError(error) : String(error) });
    }
  }

  const unsubscribe = watch.subscribe((seen) => {
    if (!('report' in seen)) return;
    for (const { id, process, errors, lastError } of seen.report.instances) {
      const key = `${process} ${lastError}`;
      if (errors === 0 || lastError === '' || told.get(id) === key) continue;
      told.set(id, key);
      queue = queue.then(() => (stop.signal.aborted ? undefined : explain(id)));
    }
  });
  return async () => {
    unsubscribe();
    stop.abort();
    await queue;
  };
}
