import { Worker } from 'node:worker_threads';
import { progressOf, threadClock, type Failure, type FromWorker } from '../worker-protocol.ts';
import { POOL_CONTROL_BYTES, programAtWork, type FromPoolThread, type PoolThreadStart, type ToPoolThread } from './pool-protocol.ts';

/** An answer, or why there is none: the thread ended at this program's fault, at another's, or was too busy. */
export type ThreadAnswer = FromWorker | { kind: 'lost'; failure: Failure; index: number } | { kind: 'moved' };

/** One thread of a pool, seen from outside. Questions of a program are asked one at a time. */
export interface PoolThread {
  ask(question: ToPoolThread): Promise<ThreadAnswer>;
  tell(message: ToPoolThread): void;
  /** Programs whose images arrive unasked. */
  readonly listeners: Map<number, (image: FromWorker & { kind: 'image' }) => void>;
  /** It waits for one program that takes long; others had better go elsewhere. */
  stalled(): boolean;
  alive(): boolean;
  close(): Promise<void>;
}

const STALL_MS = 250;

export function startPoolThread(start: Omit<PoolThreadStart, 'control'>, timeLimitMs: number): PoolThread {
  const control = new SharedArrayBuffer(POOL_CONTROL_BYTES);
  const progress = progressOf(control);
  const atWork = programAtWork(control);
  const open = new Map<number, (answer: ThreadAnswer) => void>();
  const listeners: PoolThread['listeners'] = new Map();
  const tickMs = Math.min(100, Math.max(5, timeLimitMs / 4));
  let timer: NodeJS.Timeout | undefined;
  let alive = true;
  let slow = false;

  const source = import.meta.url.endsWith('.ts');
  const worker = new Worker(new URL(source ? './pool-worker.ts' : './pool-worker.js', import.meta.url), {
    workerData: { ...start, control } satisfies PoolThreadStart,
    ...(source ? { execArgv: ['--conditions=@beamline/source'] } : {}),
  });
  worker.unref();

  // What is asked in one turn of the event loop crosses together.
  let outgoing: ToPoolThread[] = [];
  const post = (message: ToPoolThread) => {
    outgoing.push(message);
    if (outgoing.length > 1) return;
    setImmediate(() => {
      const messages = outgoing;
      outgoing = [];
      if (alive) worker.postMessage(messages);
    });
  };

  const answer = (program: number, given: ThreadAnswer) => {
    const settle = open.get(program);
    open.delete(program);
    if (open.size === 0) rest();
    settle?.(given);
  };
  const rest = () => {
    clearInterval(timer);
    timer = undefined;
    slow = false;
    worker.unref();
  };
  const end = (failure: Failure) => {
    if (!alive) return;
    alive = false;
    const [guilty, index] = [Atomics.load(atWork, 0), progress.index()];
    void worker.terminate();
    for (const program of [...open.keys()]) answer(program, program === guilty ? { kind: 'lost', failure, index } : { kind: 'moved' });
    rest();
  };
  const watch = () => {
    const program = Atomics.load(atWork, 0);
    const startedAt = progress.startedAt();
    const elapsed = startedAt === 0 ? 0 : threadClock() - startedAt;
    if (elapsed >= timeLimitMs) return end({ reason: 'timeout', status: 500, message: `stopped after ${timeLimitMs} ms` });
    slow = elapsed >= STALL_MS;
    if (!slow) return;
    // Whoever waits behind an endless loop would wait until it is stopped.
    for (const waiting of [...open.keys()]) if (waiting !== program) answer(waiting, { kind: 'moved' });
  };

  worker.on('message', (answers: FromPoolThread[]) => {
    for (const { program, answer: given } of answers) {
      if (!alive) return;
      if (given.kind === 'image') listeners.get(program)?.(given);
      else answer(program, given);
    }
  });
  worker.on('error', (error: Error & { code?: string }) =>
    end({ reason: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash', status: 500, message: `the worker died: ${error.message}` }));
  worker.on('exit', () => end({ reason: 'crash', status: 500, message: 'the worker exited' }));

  return {
    listeners,
    ask(question) {
      return new Promise((resolve) => {
        if (!alive) return resolve({ kind: 'moved' });
        open.set(question.program, resolve);
        if (timer === undefined) {
          timer = setInterval(watch, tickMs);
          worker.ref();
        }
        post(question);
      });
    },
    tell: post,
    stalled: () => slow,
    alive: () => alive,
    async close() {
      alive = false;
      for (const program of [...open.keys()]) answer(program, { kind: 'moved' });
      rest();
      await worker.terminate();
    },
  };
}
