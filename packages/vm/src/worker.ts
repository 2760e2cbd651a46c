import { parentPort } from 'node:worker_threads';
import { isFault } from '@beamline/core';
import { applyEntry, loadProgram, memoryInUse, restoreProgram } from './lua-program.ts';
import type { Cost } from './instruction-meter.ts';
import type { LuaState } from './lua-state.ts';
import { takeImage, type MemoryImage } from './memory-image.ts';
import {
  progressOf, threadClock, type Entry, type Failure, type FromWorker, type ToWorker, type WorkerStart,
} from './worker-protocol.ts';

/** An image is taken when what would have to be replayed took this long, or 20 times as long as the last image. */
const REPLAY_BUDGET_MS = 50;
const IMAGE_SHARE = 20;
/** … or when the entries to keep for a replay weigh this much. */
const LOG_BUDGET_BYTES = 16 * 1024 * 1024;

const port = parentPort!;
const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

let start: WorkerStart;
let progress: ReturnType<typeof progressOf>;
let state: LuaState;
let image: MemoryImage;
let imageMs = 0;
/** Entries applied since the image, and their cost. */
let log: Entry[] = [];
let logMs = 0;
let logBytes = 0;

function keepImage(): void {
  const begun = threadClock();
  image = takeImage(state.memory(), state.addresses());
  imageMs = threadClock() - begun;
  log = [];
  logMs = 0;
  logBytes = 0;
}

function run(entries: Entry[]): void {
  const replies: Uint8Array<ArrayBuffer>[] = [];
  const times: number[] = [];
  const costs: Cost[] = [];
  let failure: Failure | undefined;
  for (const [i, entry] of entries.entries()) {
    progress.begin(i);
    const outcome = applyEntry(state, entry);
    times.push(threadClock() - progress.startedAt());
    if ('failure' in outcome) {
      failure = outcome.failure;
      break;
    }
    replies.push(outcome.reply);
    if (outcome.cost !== undefined) costs.push(outcome.cost);
    log.push(entry);
    logMs += times[i]!;
    logBytes += entry.length;
  }
  progress.rest();
  if (failure !== undefined) state = restoreProgram(start, image, log);
  const applied = log.length;
  let length = 0;
  const ends = replies.map((reply) => (length += reply.length));
  const block = new Uint8Array(length);
  replies.forEach((reply, i) => block.set(reply, ends[i]! - reply.length));
  send({ kind: 'done', replies: { block, ends }, times, costs, failure }, [block.buffer]);
  if (logMs > Math.max(REPLAY_BUDGET_MS, IMAGE_SHARE * imageMs) || logBytes > LOG_BUDGET_BYTES) {
    keepImage();
    send({ kind: 'image', image, applied });
  }
}

function peek(entry: Entry): void {
  const applied = log.length;
  if (applied > 0) {
    keepImage();
    send({ kind: 'image', image, applied });
  }
  progress.begin(0);
  const outcome = applyEntry(state, entry);
  const ms = threadClock() - progress.startedAt();
  progress.rest();
  state = restoreProgram(start, image, log);
  if ('failure' in outcome) send({ kind: 'peek-failed', failure: outcome.failure });
  else send({ kind: 'peeked', reply: outcome.reply, ms, cost: outcome.cost });
}

function open(given: WorkerStart): void {
  start = given;
  progress = progressOf(start.control);
  if ('image' in start.from) {
    image = start.from.image;
    log = start.from.log;
    state = restoreProgram(start, image, log);
  } else {
    try {
      state = loadProgram(start, start.from, () => progress.begin(0));
    } catch (error) {
      if (!isFault(error)) throw error;
      send({ kind: 'refused', code: error.code, message: error.message, hint: error.hint, details: { ...error.details } });
      return;
    } finally {
      progress.rest();
    }
    keepImage();
  }
  send({ kind: 'ready', image });
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'run') run(message.entries);
  else if (message.kind === 'start') open(message.start);
  else if (message.kind === 'peek') peek(message.entry);
  else send({ kind: 'bytes', memory: { luaBytes: memoryInUse(state), wasmBytes: state.memory().length, imageBytes: image.bytes.byteLength } });
});
