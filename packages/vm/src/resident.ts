import type { Cost } from './instruction-meter.ts';
import type { AosProgramOptions } from './aos/aos-program.ts';
import type { ProgramOptions } from './lua-program.ts';
import { takeImage, type MemoryImage } from './memory-image.ts';
import { openProgram, type ProgramFrom } from './program.ts';
import { threadClock, type Entry, type Failure, type FromWorker, type VmMemory } from './worker-protocol.ts';

/** An image is taken when what would have to be replayed took this long, or 20 times as long as the last image. */
const REPLAY_BUDGET_MS = 50;
const IMAGE_SHARE = 20;

export type ResidentOptions = (ProgramOptions | AosProgramOptions) & {
  /** … or when the entries to keep for a replay weigh more than the image, and at least this much. */
  logBudgetBytes: number;
};

export interface Progress {
  begin(entry: number): void;
  rest(): void;
  startedAt(): number;
}

/** One program that lives in a thread, alone or with others, with what puts it back after a failure. */
export interface Resident {
  run(entries: Entry[], send: (answer: FromWorker, transfer?: ArrayBuffer[]) => void): void;
  /** Gives an image of now, unless the last one is. */
  image(send: (answer: FromWorker) => void): void;
  /** Applies one entry, and undoes it. */
  peek(entry: Entry, send: (answer: FromWorker) => void): void;
  memory(): VmMemory;
}

/** @throws Fault of the load */
export function openResident(options: ResidentOptions, from: ProgramFrom, progress: Progress, send: (answer: FromWorker) => void): Resident {
  const resumed = typeof from === 'object' && 'image' in from ? from : undefined;
  let image: MemoryImage | undefined = resumed?.image;
  let log: Entry[] = [...(resumed?.log ?? [])];
  let imageMs = 0;
  let logMs = 0;
  let logBytes = 0;
  let state = openProgram(options, from, () => progress.begin(0));
  progress.rest();
  const restore = () => openProgram(options, { image: image!, log }, () => undefined);

  const keep = () => {
    const begun = threadClock();
    image = takeImage(state.memory(), state.addresses());
    imageMs = threadClock() - begun;
    log = [];
    logMs = 0;
    logBytes = 0;
    return image;
  };
  send({ kind: 'ready', image: image ?? keep() });

  return {
    run(entries, answer) {
      const replies: Uint8Array<ArrayBuffer>[] = [];
      const times: number[] = [];
      const costs: Cost[] = [];
      let failure: Failure | undefined;
      for (const [i, entry] of entries.entries()) {
        progress.begin(i);
        const outcome = state.apply(entry);
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
      if (failure !== undefined) state = restore();
      const applied = log.length;
      let length = 0;
      const ends = replies.map((reply) => (length += reply.length));
      const block = new Uint8Array(length);
      replies.forEach((reply, i) => block.set(reply, ends[i]! - reply.length));
      answer({ kind: 'done', replies: { block, ends }, times, costs, failure }, [block.buffer]);
      const dear = logMs > Math.max(REPLAY_BUDGET_MS, IMAGE_SHARE * imageMs);
      if (dear || logBytes > Math.max(options.logBudgetBytes, image!.bytes.byteLength)) answer({ kind: 'image', image: keep(), applied });
    },
    image(answer) {
      const applied = log.length;
      if (applied > 0) answer({ kind: 'image', image: keep(), applied });
    },
    peek(entry, answer) {
      const applied = log.length;
      if (applied > 0) answer({ kind: 'image', image: keep(), applied });
      progress.begin(0);
      const outcome = state.apply(entry);
      const ms = threadClock() - progress.startedAt();
      progress.rest();
      state = restore();
      answer('failure' in outcome ? { kind: 'peek-failed', failure: outcome.failure } : { kind: 'peeked', reply: outcome.reply, ms, cost: outcome.cost });
    },
    memory: () => ({ luaBytes: state.bytesInUse(), wasmBytes: state.memory().length, imageBytes: image!.bytes.byteLength }),
  };
}
