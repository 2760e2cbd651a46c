import { parentPort, workerData } from 'node:worker_threads';
import { isFault } from '@beamline/core';
import { progressOf, threadClock, type FromWorker } from '../worker-protocol.ts';
import { openResident, type Resident } from '../resident.ts';
import { programAtWork, type FromPoolThread, type PoolThreadStart, type ToPoolThread } from './pool-protocol.ts';

const port = parentPort!;
const { module, control } = workerData as PoolThreadStart;
const progress = progressOf(control);
const atWork = programAtWork(control);
/** Many programs live here. */
const LOG_BUDGET_BYTES = 2 * 1024 * 1024;
const residents = new Map<number, Resident>();

/** Answers wait for each other for so long: waking the other side is what a small message costs most. */
const GATHER_MS = 1;
let answers: FromPoolThread[] = [];
let blocks: ArrayBuffer[] = [];

function flush(): void {
  if (answers.length > 0) port.postMessage(answers, blocks);
  answers = [];
  blocks = [];
}

port.on('message', (messages: ToPoolThread[]) => {
  let sentAt = threadClock();
  for (const message of messages) {
    handle(message);
    if (threadClock() - sentAt < GATHER_MS) continue;
    flush();
    sentAt = threadClock();
  }
  flush();
});

function handle(message: ToPoolThread): void {
  const { program } = message;
  const send = (answer: FromWorker, transfer: ArrayBuffer[] = []) => {
    answers.push({ program, answer });
    blocks.push(...transfer);
  };
  Atomics.store(atWork, 0, program);
  if (message.kind === 'drop') residents.delete(program);
  else if (message.kind === 'open') {
    const { engine, memoryLimitBytes, from } = message.start;
    const limits = { memoryLimitBytes, logBudgetBytes: LOG_BUDGET_BYTES };
    try {
      residents.set(program, openResident({ ...('aos' in engine ? engine : { module, ...engine }), ...limits }, from, progress, send));
    } catch (error) {
      if (!isFault(error)) throw error;
      send({ kind: 'refused', code: error.code, message: error.message, hint: error.hint, details: { ...error.details } });
    } finally {
      progress.rest();
    }
  } else {
    const resident = residents.get(program);
    // Its opening was refused, and that answer is on its way.
    if (resident === undefined) return;
    if (message.kind === 'run') resident.run(message.entries, send);
    else if (message.kind === 'peek') resident.peek(message.entry, send);
    else {
      if (message.kind === 'image') resident.image(send);
      send({ kind: 'bytes', memory: resident.memory() });
    }
  }
}
