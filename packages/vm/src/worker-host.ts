import { Worker } from 'node:worker_threads';
import { Fault } from '@beamline/core';
import type { MemoryImage } from './memory-image.ts';
import {
  CONTROL_BYTES, progressOf, threadClock,
  type Entry, type Failure, type FromWorker, type ToWorker, type WorkerStart,
} from './worker-protocol.ts';

export interface HostOptions extends Omit<WorkerStart, 'control'> {
  timeLimitMs: number;
}

export interface RunResult {
  replies: Uint8Array<ArrayBuffer>[];
  times: number[];
  failure: Failure | undefined;
}

/** How the worker ended before it answered. */
type Loss = { kind: 'lost'; failure: Failure };

export type WorkerHost = Awaited<ReturnType<typeof openWorkerHost>>;

/**
 * Owns the worker of one VM: starts it, watches the time of each entry, and replaces it, in the state before the
 * entry at fault, when it has to be terminated or dies. One job at a time; the caller queues.
 * @throws Fault of the load
 */
export async function openWorkerHost({ timeLimitMs, ...start }: HostOptions) {
  const control = new SharedArrayBuffer(CONTROL_BYTES);
  const progress = progressOf(control);
  let image: MemoryImage;
  /** Entries applied since the image. */
  let log: Entry[] = [];
  let worker: Worker | undefined;
  let settle: ((message: FromWorker | Loss) => void) | undefined;

  function launch(from: WorkerStart['from']): void {
    const source = import.meta.url.endsWith('.ts');
    const data: WorkerStart = { ...start, control, from };
    const launched = new Worker(new URL(source ? './worker.ts' : './worker.js', import.meta.url), {
      workerData: data,
      ...(source ? { execArgv: [...process.execArgv, '--conditions=@beamline/source'] } : {}),
    });
    launched.unref();
    const lost = (reason: Failure['reason'], message: string) => {
      if (worker !== launched) return;
      worker = undefined;
      void launched.terminate();
      settle?.({ kind: 'lost', failure: { reason, status: 500, message } });
    };
    launched.on('message', (message: FromWorker) => {
      if (worker !== launched) return;
      if (message.kind === 'image') {
        image = message.image;
        log = log.slice(message.applied);
      } else {
        settle?.(message);
      }
    });
    launched.on('error', (error: Error & { code?: string }) =>
      lost(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash', `the worker died: ${error.message}`));
    launched.on('exit', () => lost('crash', 'the worker exited'));
    worker = launched;
  }

  /** Waits for the worker's next answer; terminates it when an entry runs longer than the limit. */
  async function answer(question?: ToWorker): Promise<FromWorker | Loss> {
    let timer: NodeJS.Timeout | undefined;
    const busy = worker;
    busy?.ref();
    try {
      return await new Promise((resolve) => {
        settle = resolve;
        const watch = (waitMs: number) => {
          timer = setTimeout(() => {
            const startedAt = progress.startedAt();
            const elapsed = startedAt === 0 ? 0 : threadClock() - startedAt;
            if (elapsed < timeLimitMs) return watch(timeLimitMs - elapsed);
            worker = undefined;
            void busy?.terminate();
            resolve({ kind: 'lost', failure: { reason: 'timeout', status: 500, message: `stopped after ${timeLimitMs} ms` } });
          }, Math.ceil(waitMs));
        };
        watch(timeLimitMs);
        if (question !== undefined) busy?.postMessage(question);
      });
    } finally {
      clearTimeout(timer);
      settle = undefined;
      busy?.unref();
    }
  }

  async function restore(): Promise<void> {
    progress.rest();
    launch({ image, log });
    const reply = await answer();
    if (reply.kind !== 'ready') {
      throw new Fault('vm/broken', 'the VM could not be restored after a failure', {
        hint: 'Create it anew and replay the schedule.',
        cause: reply.kind === 'lost' ? new Error(reply.failure.message) : undefined,
      });
    }
  }

  launch(start.from);
  const first = await answer();
  if (first.kind === 'refused') {
    throw new Fault(first.code, first.message, { ...(first.hint === undefined ? {} : { hint: first.hint }), details: first.details });
  }
  if (first.kind !== 'ready') {
    throw new Fault('vm/load-failed', first.kind === 'lost' ? `the module did not load: ${first.failure.message}` : first.kind, {
      hint: 'The top level of the module runs once; it must not fail, loop or fill the memory.',
    });
  }
  image = first.image;

  return {
    /** Applies entries in order up to the first failure, after which the state is as before the failing one. */
    async run(entries: Entry[]): Promise<RunResult> {
      if (worker === undefined) await restore();
      const reply = await answer({ kind: 'run', entries });
      if (reply.kind === 'done') {
        log.push(...entries.slice(0, reply.replies.length));
        return reply;
      }
      const { failure } = reply as Loss;
      // The replies of the entries before the one at fault died with the worker: apply those again.
      const done = progress.index();
      await restore();
      const again: RunResult = done === 0 ? { replies: [], times: [], failure: undefined } : await this.run(entries.slice(0, done));
      return again.failure === undefined ? { ...again, failure } : again;
    },
    async memoryBytes(): Promise<number> {
      if (worker === undefined) await restore();
      const reply = await answer({ kind: 'bytes' });
      return reply.kind === 'bytes' ? reply.bytes : Number.NaN;
    },
    async close(): Promise<void> {
      const last = worker;
      worker = undefined;
      await last?.terminate();
    },
  };
}
