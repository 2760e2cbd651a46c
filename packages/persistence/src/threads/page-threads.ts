import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Answered, Asked } from './page-thread.ts';
import { doPageWork, type PageWork, type Scratch } from './page-work.ts';

/**
 * Does work on pages in threads; small work, and all of it where no thread can be had, is done here.
 * @param bytes how much work it is
 * @throws as `doPageWork`
 */
export type InThread = <K extends keyof PageWork>(kind: K, asked: PageWork[K]['asked'], bytes: number) => Promise<PageWork[K]['answer']>;

/** What takes hardly more time than the trip to a thread. */
const SMALL_BYTES = 96 * 1024;
/** Two keep two cores busy where the world rests; more than four would wait for the disk. */
const THREADS = Math.min(4, Math.max(2, availableParallelism() - 1));

interface Thread {
  worker: Worker;
  open: Map<number, { asked: Asked; settle: (answer: unknown) => void; refuse: (error: Error) => void }>;
}

/** Threads are started when first needed, and never keep the program alive. */
export function createPageThreads(startWorker: () => Worker): InThread {
  const here: Scratch = {};
  const threads: Thread[] = [];
  let asked = 0;
  let broken = false;

  function start(): Thread {
    const thread: Thread = { worker: startWorker(), open: new Map() };
    threads.push(thread);
    thread.worker.unref();
    thread.worker.on('message', (answered: Answered) => {
      const { settle, refuse } = thread.open.get(answered.id)!;
      thread.open.delete(answered.id);
      if (thread.open.size === 0) thread.worker.unref();
      if ('answer' in answered) settle(answered.answer);
      else refuse(new RangeError(answered.refused));
    });
    thread.worker.on('error', () => { broken = true; });
    thread.worker.on('exit', () => { bury(thread); });
    return thread;
  }

  /** What a thread that ended had not answered is done here: nothing is lost with it. */
  function bury(thread: Thread): void {
    broken = true;
    threads.splice(threads.indexOf(thread), 1);
    for (const { asked: { kind, asked: work }, settle, refuse } of thread.open.values()) {
      try {
        settle(doPageWork[kind](work as never, here));
      } catch (error) {
        refuse(error as Error);
      }
    }
  }

  function idlest(): Thread | undefined {
    const [first] = [...threads].sort((a, b) => a.open.size - b.open.size);
    return broken || first?.open.size === 0 || threads.length >= THREADS ? first : start();
  }

  return async <K extends keyof PageWork>(kind: K, work: PageWork[K]['asked'], bytes: number) => {
    const thread = bytes < SMALL_BYTES ? undefined : idlest();
    if (thread === undefined) return doPageWork[kind](work as never, here) as PageWork[K]['answer'];
    const id = asked++;
    return new Promise<PageWork[K]['answer']>((settle, refuse) => {
      if (thread.open.size === 0) thread.worker.ref();
      thread.open.set(id, { asked: { id, kind, asked: work }, settle: settle as (answer: unknown) => void, refuse });
      thread.worker.postMessage({ id, kind, asked: work } satisfies Asked);
    });
  };
}

const source = import.meta.url.endsWith('.ts');

/** The threads that all stores and snapshotters of this program share, as they share the host's. */
export const inThread: InThread = createPageThreads(() => new Worker(new URL(source ? './page-thread.ts' : './page-thread.js', import.meta.url), { execArgv: [] }));
