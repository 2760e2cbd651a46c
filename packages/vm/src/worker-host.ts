import { Fault } from '@beamline/core';
import { Worker } from 'node:worker_threads';
import type { Cost } from './instruction-meter.ts';
import type { MemoryImage } from './memory-image.ts';
import {
  CONTROL_BYTES, progressOf, threadClock,
  type Entry, type Failure, type FromWorker, type ToWorker, type VmMemory, type WorkerStart,
} from './worker-protocol.ts';

export interface HostOptions extends Omit<WorkerStart, 'control'> {
  timeLimitMs: number;
}

export interface RunResult {
  replies: Uint8Array<ArrayBuffer>[];
  times: number[];
  /** Empty unless metered. */
  costs: Cost[];
  failure: Failure | undefined;
}

/** What a question to the worker comes to: its answer, or how the worker ended before it answered. */
type Answer = FromWorker | { kind: 'lost'; failure: Failure; /** The entry at work. */ index: number } | { kind: 'closed' };

/** `threadId` of a worker that is gone. */
const EXITED = -1;
const LONGEST_TIMER_MS = 2 ** 30;

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
  let running: Entry[] = [];
  let worker: Worker | undefined;
  /** Booted while an entry is half way to the time limit: booting is most of what a recovery takes. */
  let successor: Worker | undefined;
  let settle: ((answer: Answer) => void) | undefined;
  let closed = false;

  function launch(): void {
    const launched = successor !== undefined && successor.threadId !== EXITED ? successor : bootWorker();
    successor = undefined;
    const lost = (reason: Failure['reason'], message: string) => {
      if (worker !== launched) return;
      worker = undefined;
      void launched.terminate();
      settle?.({ kind: 'lost', failure: { reason, status: 500, message }, index: progress.index() });
    };
    launched.on('message', (message: FromWorker) => {
      if (worker !== launched) return;
      if (message.kind === 'done') log = log.concat(running.slice(0, message.replies.ends.length));
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
  async function ask(question: ToWorker): Promise<Answer> {
    const asked = worker!;
    let timer: NodeJS.Timeout | undefined;
    asked.ref();
    try {
      return await new Promise((resolve) => {
        settle = resolve;
        const watch = (waitMs: number) => {
          timer = setTimeout(() => {
            // Read before the start: a time that is over the limit then belongs to this entry.
            const index = progress.index();
            const startedAt = progress.startedAt();
            const elapsed = startedAt === 0 ? 0 : threadClock() - startedAt;
            if (elapsed < timeLimitMs) {
              if (elapsed >= timeLimitMs / 2) successor ??= bootWorker();
              return watch(elapsed < timeLimitMs / 2 ? timeLimitMs / 2 - elapsed : timeLimitMs - elapsed);
            }
            worker = undefined;
            void asked.terminate();
            const failure: Failure = { reason: 'timeout', status: 500, message: `stopped after ${timeLimitMs} ms` };
            resolve({ kind: 'lost', failure, index });
          }, Math.min(Math.ceil(waitMs), LONGEST_TIMER_MS));
        };
        watch(timeLimitMs / 2);
        asked.postMessage(question);
      });
    } finally {
      clearTimeout(timer);
      settle = undefined;
      asked.unref();
    }
  }

  function open(from: WorkerStart['from']): Promise<Answer> {
    progress.rest();
    launch();
    return ask({ kind: 'start', start: { ...start, control, from } });
  }

  async function restore(): Promise<void> {
    if (closed) throw closedFault();
    const answer = await open({ image, log });
    if (answer.kind === 'ready') return;
    if (answer.kind === 'closed') throw closedFault();
    throw new Fault('vm/broken', 'the VM could not be restored after a failure', {
      hint: 'Create it anew and replay the schedule.',
      ...(answer.kind === 'lost' ? { details: { reason: answer.failure.message } } : {}),
    });
  }

  async function close(): Promise<void> {
    closed = true;
    const workers = [worker, successor];
    worker = successor = undefined;
    settle?.({ kind: 'closed' });
    await Promise.all(workers.map((one) => one?.terminate()));
  }

  async function run(entries: Entry[]): Promise<RunResult> {
    if (worker === undefined) await restore();
    running = entries;
    const answer = await ask({ kind: 'run', entries });
    if (answer.kind === 'done') {
      const { block, ends } = answer.replies;
      return { ...answer, replies: ends.map((end, i) => block.subarray(ends[i - 1] ?? 0, end)) };
    }
    if (answer.kind !== 'lost') throw closedFault();
    // The replies to the entries before the one at fault died with the worker: apply those again.
    const { failure, index } = answer;
    await restore();
    if (index === 0) return { replies: [], times: [], costs: [], failure };
    const again = await run(entries.slice(0, index));
    return { ...again, failure: again.failure ?? failure };
  }

  async function peek(entry: Entry): Promise<RunResult> {
    if (worker === undefined) await restore();
    const answer = await ask({ kind: 'peek', entry });
    if (answer.kind === 'peeked') return peeked(answer);
    if (answer.kind === 'lost') await restore();
    else if (answer.kind !== 'peek-failed') throw closedFault();
    return { replies: [], times: [], costs: [], failure: answer.failure };
  }

  const first = await open(start.from);
  if (first.kind !== 'ready') {
    await close();
    throw loadFault(first);
  }
  image = first.image;

  return {
    /** Applies entries in order up to the first failure, after which the state is as before the failing one. */
    run,
    /** Applies one entry, and undoes it. */
    peek,
    async memory(): Promise<VmMemory> {
      if (worker === undefined) await restore();
      const answer = await ask({ kind: 'bytes' });
      if (answer.kind !== 'bytes') throw closedFault();
      return answer.memory;
    },
    /** Terminates the worker; a job under way fails with `vm/closed`. */
    close,
  };
}

export function peeked({ reply, ms, cost }: FromWorker & { kind: 'peeked' }): RunResult {
  return { replies: [reply], times: [ms], costs: cost === undefined ? [] : [cost], failure: undefined };
}

function bootWorker(): Worker {
  const source = import.meta.url.endsWith('.ts');
  const worker = new Worker(
    new URL(source ? './worker.ts' : './worker.js', import.meta.url),
    source ? { execArgv: ['--conditions=@beamline/source'] } : {},
  );
  // A worker that dies before it is launched must not take the process with it; `launch` adds the listener that counts.
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}

function closedFault(): Fault {
  return new Fault('vm/closed', 'this VM is closed', { hint: 'Create another one.' });
}

function loadFault(answer: Answer): Fault {
  if (answer.kind === 'refused') {
    const { code, message, hint, details } = answer;
    return new Fault(code, message, { ...(hint === undefined ? {} : { hint }), details });
  }
  return new Fault('vm/load-failed', `the module did not load: ${answer.kind === 'lost' ? answer.failure.message : answer.kind}`, {
    hint: 'The top level of the module runs once; it must not fail, loop or fill the memory.',
  });
}
