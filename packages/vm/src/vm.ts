import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Fault, type AoMap, type AoValue } from '@beamline/core';
import { createCallQueue } from './call-queue.ts';
import { addCosts, type Cost } from './instruction-meter.ts';
import type { LuaProfile } from './lua-source.ts';
import { createReader, encodeAll, encodeValue } from './value-codec.ts';
import type { ProgramSource } from './lua-program.ts';
import { openWorkerHost, type RunResult, type WorkerHost } from './worker-host.ts';
import type { Entry, FailureReason, VmMemory } from './worker-protocol.ts';
import { compileWasm, type WasmModule } from './web-assembly.ts';

export interface VmOptions {
  /** Lua source of a module that defines a global `compute(base, req, opts)`. */
  code: string;
  /** Shown in messages. @default 'module.lua' */
  chunkName?: string;
  /** `lua5.3` is plain Lua 5.3: nothing removed, nothing rewritten. @default 'lua@5.3a' */
  profile?: LuaProfile;
  /** Of each message. @default 5_000 */
  timeLimitMs?: number;
  /** Of the whole WebAssembly memory: from 16 MiB (where it begins) to 2 GiB. @default 256 MiB */
  memoryLimitBytes?: number;
  /** The state `compute` gets at its first call. @default {} */
  base?: AoMap;
  /** Lua counts its instructions, of each message and of each system in it; it is slower then (see README). @default false */
  metered?: boolean;
}

export type Computed =
  | {
      ok: true;
      /** `base.results` as this message left it. */
      results: AoMap | undefined;
      /** Top-level keys of base that this message set or changed, without `results`. */
      changed: AoMap;
      removed: string[];
      /** Inside the worker, copying in and out included. */
      ms: number;
      /** Of a metered VM only. */
      cost?: Cost;
    }
  | Failed;

export interface Failed {
  ok: false;
  reason: FailureReason;
  status: 400 | 500;
  message: string;
}

/** What became of messages of which nobody wanted to hear more. */
export interface Applied {
  /** How many of them, from the first, changed the state. */
  applied: number;
  /** Inside the worker, of all that were applied. */
  ms: number;
  /** Of a metered VM only: the sum. */
  cost?: Cost;
  /** Why the next one did not, if there was one. */
  failure?: Failed;
}

/** Requests as they cross to a VM: encoded once, however many VMs answer them. */
export interface EncodedRequests {
  readonly entries: readonly Entry[];
}

/** What a VM answered, from the first request on. */
export interface Answered {
  /** `base.results` of each, for `readAnswer`. Equal bytes are equal results; equal results have mostly equal bytes. */
  answers: readonly Uint8Array[];
  /** Of a metered VM, by the request's place: of those that were to be counted. */
  costs: ReadonlyMap<number, Cost>;
  /** Why the next one gave none, if there was one. */
  failure?: Failed;
}

/** One Lua program in a worker of its own. Calls queue: they run in the order in which they were made. */
export interface Vm {
  /** Runs `compute(base, req, {})`. Base stays inside; `results` is unset before. A failure changes nothing. */
  compute(req: AoMap): Promise<Computed>;
  /** Like `compute` for each, with one hop to the worker. Stops at the first failure, which is the last element. */
  computeAll(reqs: readonly AoMap[]): Promise<Computed[]>;
  /**
   * Like `computeAll` for the state, but tells only how far it came, for less work. With `after`, nothing is applied
   * when that one failed: the next batch can be handed over, and is encoded, while the one before it runs.
   */
  apply(reqs: readonly AoMap[], after?: Promise<Applied>): Promise<Applied>;
  /** Like `computeAll` for the results alone, which stay encoded: for whoever compares many and reads few. */
  answer(requests: EncodedRequests): Promise<Answered>;
  /** Like `compute`, and undoes it: a look at the state. Costs an image of the memory and its reloading. */
  peek(req: AoMap): Promise<Computed>;
  /** Calls any global function and returns its first result. @throws Fault `vm/call-failed` */
  call(name: string, ...args: AoValue[]): Promise<AoValue | undefined>;
  /** Bytes Lua holds at the moment. */
  memoryBytes(): Promise<number>;
  memory(): Promise<VmMemory>;
  /** Idempotent. Calls still queued fail with `vm/closed`. */
  close(): Promise<void>;
}

const MIB = 1024 * 1024;
/** See `Entry`. */
const COUNTED = 'S'.charCodeAt(0);
/** Messages that cross to the worker together. */
const BATCH = 512;

let luaModule: WasmModule | undefined;

export function loadLuaModule(): WasmModule {
  const path = createRequire(import.meta.url).resolve('lua-wasm-bindings/dist/glue/glue-lua-5.3.6.wasm');
  luaModule ??= compileWasm(readFileSync(path));
  return luaModule;
}

/** @throws Fault `vm/syntax`, `vm/forbidden` (with `details.file`, `details.line`), `vm/load-failed`, `vm/bad-option` */
export async function createVm({
  code, chunkName = 'module.lua', profile = 'lua@5.3a', timeLimitMs = 5_000, memoryLimitBytes = 256 * MIB, base = {},
  metered = false,
}: VmOptions): Promise<Vm> {
  if (!(timeLimitMs > 0)) throw badOption(`timeLimitMs must be above 0, not ${timeLimitMs}`);
  if (!(memoryLimitBytes >= 16 * MIB && memoryLimitBytes <= 2048 * MIB)) {
    throw badOption(`memoryLimitBytes must lie between 16 MiB and 2 GiB, not at ${memoryLimitBytes}`);
  }
  const { queued: _, ...vm } = vmOver(await openWorkerHost({
    module: loadLuaModule(), profile, timeLimitMs, memoryLimitBytes, metered, from: programSource(code, chunkName, base),
  }));
  return vm;
}

/** `isCounted`: whether a metered VM is to count this one, by its place; counting takes half as long again. @default none */
export function encodeRequests(reqs: readonly AoMap[], isCounted: (place: number) => boolean = () => false): EncodedRequests {
  const entries = encodeAll(reqs, 's');
  for (const [place, entry] of entries.entries()) if (isCounted(place)) entry[0] = COUNTED;
  return { entries };
}

/** The results in an answer; `undefined` when the program left none. */
export function readAnswer(answer: Uint8Array): AoMap | undefined {
  const results = createReader(answer, 1).value();
  return isMap(results) ? results : undefined;
}

/** What a program starts from. */
export function programSource(code: string, chunkName: string, base: AoMap): ProgramSource {
  return { code, name: chunkName.replaceAll(/[^\w./@ -]/g, '_'), base: encodeValue(base) };
}

/** Calls queue in front of a host, which takes one job at a time; `queued` puts another job between them. */
export function vmOver(host: WorkerHost): Vm & { queued<T>(job: () => Promise<T>): Promise<T> } {
  const { queued, close } = createCallQueue();

  /** Runs in batches up to the first failure. Encoded at once: the caller may change its objects after the call. */
  async function runAll(
    reqs: readonly AoMap[], prefix: string, each: (result: RunResult) => void, after?: Promise<Applied>,
  ): Promise<void> {
    const batches: Entry[][] = [];
    for (let at = 0; at < reqs.length; at += BATCH) batches.push(encodeAll(reqs.slice(at, at + BATCH), prefix));
    return queued(async () => {
      if ((await after)?.failure !== undefined) return;
      for (const batch of batches) {
        const result = await host.run(batch);
        each(result);
        if (result.failure !== undefined) break;
      }
    });
  }

  async function computeAll(reqs: readonly AoMap[]): Promise<Computed[]> {
    const done: Computed[] = [];
    await runAll(reqs, 'c', (result) => done.push(...computed(result)));
    return done;
  }

  async function apply(reqs: readonly AoMap[], after?: Promise<Applied>): Promise<Applied> {
    const sum: Applied = { applied: 0, ms: 0 };
    await runAll(reqs, 'r', ({ replies, times, costs, failure }) => {
      sum.applied += replies.length;
      for (let i = 0; i < replies.length; i++) sum.ms += times[i]!;
      for (const cost of costs) sum.cost = addCosts(sum.cost, cost);
      if (failure !== undefined) sum.failure = { ok: false, ...failure };
    }, after);
    return sum;
  }

  async function answer({ entries }: EncodedRequests): Promise<Answered> {
    const counted = entries.flatMap((entry, place) => (entry[0] === COUNTED ? [place] : []));
    return queued(async () => {
      const { replies, costs, failure } = await host.run([...entries]);
      return { answers: replies, costs: new Map(costs.map((cost, n) => [counted[n]!, cost])), ...(failure && { failure: { ok: false as const, ...failure } }) };
    });
  }

  return {
    queued,
    answer,
    computeAll,
    apply,
    async peek(req) {
      const [entry] = encodeAll([req], 'c');
      return computed(await queued(() => host.peek(entry!)))[0]!;
    },
    compute: async (req) => (await computeAll([req]))[0]!,
    async call(name, ...args) {
      const entries = encodeAll([{ name, count: args.length, list: args }], 'x');
      const { replies, failure } = await queued(() => host.run(entries));
      if (failure !== undefined) {
        throw new Fault('vm/call-failed', `${name}: ${failure.message}`, { details: { reason: failure.reason } });
      }
      return createReader(replies[0]!, 1).value();
    },
    memoryBytes: async () => (await queued(() => host.memory())).luaBytes,
    memory: () => queued(() => host.memory()),
    async close() {
      close();
      await host.close();
    },
  };
}

function computed({ replies, times, costs, failure }: RunResult): Computed[] {
  const list: Computed[] = replies.map((reply, i) => {
    const reader = createReader(reply, 1);
    const results = reader.value();
    const changed = reader.entries();
    const removed = Array.from({ length: reader.count() }, () => reader.text());
    return { ok: true, results: isMap(results) ? results : undefined, changed, removed, ms: times[i]!, ...(costs[i] === undefined ? {} : { cost: costs[i] }) };
  });
  if (failure !== undefined) list.push({ ok: false, ...failure });
  return list;
}

export function badOption(message: string): Fault {
  return new Fault('vm/bad-option', message, { hint: 'See the options of createVm.' });
}

function isMap(value: AoValue | undefined): value is AoMap {
  return typeof value === 'object' && !Array.isArray(value);
}
