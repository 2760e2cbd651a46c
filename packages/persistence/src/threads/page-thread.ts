// A thread that does what takes long about pages: no module of another package is loaded here, so that it starts in milliseconds.
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { doPageWork, type PageWork, type Scratch } from './page-work.ts';

export interface Asked {
  id: number;
  kind: keyof PageWork;
  asked: PageWork[keyof PageWork]['asked'];
}

export type Answered = { id: number; answer: unknown } | { id: number; refused: string };

// A game's ticks come first. Only Linux has priorities for single threads.
if (process.platform === 'linux') {
  try {
    setPriority(0, 10);
  } catch {
    // Not allowed to: slower ticks, nothing worse.
  }
}

const scratch: Scratch = {};
parentPort!.on('message', ({ id, kind, asked }: Asked) => {
  const made: ArrayBuffer[] = [];
  let answered: Answered;
  try {
    const answer = doPageWork[kind](asked as never, scratch);
    // What was made here goes over without being copied.
    for (const bytes of bytesIn(answer)) if (bytes.buffer instanceof ArrayBuffer) made.push(bytes.buffer);
    answered = { id, answer };
  } catch (error) {
    answered = { id, refused: error instanceof Error ? error.message : String(error) };
  }
  parentPort!.postMessage(answered, [...new Set(made)]);
});

function bytesIn(answer: PageWork[keyof PageWork]['answer']): Uint8Array[] {
  if ('frame' in answer) return [answer.frame];
  return answer.flatMap((page) => (typeof page === 'string' ? [] : [page.bytes]));
}
