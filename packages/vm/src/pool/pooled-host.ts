import { Fault } from '@beamline/core';
import type { MemoryImage } from '../memory-image.ts';
import { peeked, type RunResult, type WorkerHost } from '../worker-host.ts';
import type { Entry } from '../worker-protocol.ts';
import type { ProgramStart, ToPoolThread } from './pool-protocol.ts';
import type { PoolThread, ThreadAnswer } from './pool-thread.ts';

export interface PooledHost extends WorkerHost {
  /** The program as it is now. */
  image(): Promise<MemoryImage>;
}

/** Where a program lives at the moment. */
interface Residence {
  thread: PoolThread;
  program: number;
}

export interface PooledHostOptions extends ProgramStart {
  /** A thread with room, and a number no program had before. */
  place(): Residence;
  /** The program left its thread. */
  onLeave(thread: PoolThread): void;
}

/**
 * One program of a pool: it keeps an image and the entries since, so that it can move to another thread whenever its
 * own ends or is kept busy by another program. One job at a time; the caller queues.
 * @throws Fault of the load
 */
export async function openPooledHost({ place, onLeave, from, ...start }: PooledHostOptions): Promise<PooledHost> {
  const resumed = typeof from === 'object' && 'image' in from ? from : undefined;
  let image: MemoryImage | undefined = resumed?.image;
  let log: Entry[] = resumed?.log ?? [];
  /** Entries of the log that the image holds already: it may arrive before they were noted. */
  let held = 0;
  let residence: Residence | undefined;
  let closed = false;

  const forget = () => {
    log = log.slice(held);
    held = 0;
  };

  const leave = () => {
    if (residence === undefined) return;
    const { thread, program } = residence;
    residence = undefined;
    thread.listeners.delete(program);
    thread.tell({ kind: 'drop', program });
    onLeave(thread);
  };

  const settle = async (): Promise<ThreadAnswer> => {
    forget();
    const { thread, program } = (residence = place());
    thread.listeners.set(program, (given) => {
      image = given.image;
      held += given.applied;
    });
    const answer = await thread.ask({ kind: 'open', program, start: { ...start, from: image === undefined ? from : { image, log } } });
    if (answer.kind === 'ready') image = answer.image;
    else leave();
    return answer;
  };

  /** Asks where the program lives, moving as often as it must. */
  const ask = async (question: (program: number) => ToPoolThread): Promise<ThreadAnswer> => {
    for (;;) {
      if (closed) throw new Fault('vm/closed', 'this VM is closed', { hint: 'Create another one.' });
      if (residence === undefined) {
        const opened = await settle();
        if (opened.kind === 'moved') continue;
        if (opened.kind !== 'ready') throw openFault(opened);
      }
      // Gone again when it was closed meanwhile.
      const home = residence as Residence | undefined;
      if (home === undefined) continue;
      const { thread, program } = home;
      const answer = await thread.ask(question(program));
      if (answer.kind !== 'moved' && answer.kind !== 'lost') return answer;
      leave();
      if (answer.kind === 'lost') return answer;
    }
  };

  const run = async (entries: Entry[]): Promise<RunResult> => {
    const answer = await ask((program) => ({ kind: 'run', program, entries }));
    if (answer.kind === 'done') {
      const { block, ends } = answer.replies;
      for (let i = 0; i < ends.length; i++) log.push(entries[i]!);
      if (held > 0) forget();
      return { ...answer, replies: ends.map((end, i) => block.subarray(ends[i - 1] ?? 0, end)) };
    }
    if (answer.kind !== 'lost') throw openFault(answer);
    // The replies to the entries before the one at fault died with the thread: apply those again.
    const { failure, index } = answer;
    if (index === 0) return { replies: [], times: [], costs: [], failure };
    const again = await run(entries.slice(0, index));
    return { ...again, failure: again.failure ?? failure };
  };

  for (;;) {
    const opened = await settle();
    if (opened.kind === 'ready') break;
    if (opened.kind !== 'moved') throw openFault(opened);
  }

  return {
    run,
    async image() {
      await ask((program) => ({ kind: 'image', program }));
      return image!;
    },
    async peek(entry) {
      const answer = await ask((program) => ({ kind: 'peek', program, entry }));
      if (answer.kind === 'peeked') return peeked(answer);
      if (answer.kind === 'peek-failed' || answer.kind === 'lost') return { replies: [], times: [], costs: [], failure: answer.failure };
      throw openFault(answer);
    },
    async memory() {
      const answer = await ask((program) => ({ kind: 'bytes', program }));
      if (answer.kind !== 'bytes') throw openFault(answer);
      return answer.memory;
    },
    async close() {
      closed = true;
      leave();
    },
  };
}

function openFault(answer: ThreadAnswer): Fault {
  if (answer.kind === 'refused') {
    const { code, message, hint, details } = answer;
    return new Fault(code, message, { ...(hint === undefined ? {} : { hint }), details });
  }
  return new Fault('vm/load-failed', `the module did not load: ${answer.kind === 'lost' ? answer.failure.message : answer.kind}`, {
    hint: 'The top level of the module runs once; it must not fail, loop or fill the memory.',
  });
}
