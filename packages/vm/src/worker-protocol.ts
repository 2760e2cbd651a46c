import type { FaultCode } from '@beamline/core';
import type { Cost } from './instruction-meter.ts';
import type { ProgramFrom } from './program.ts';
import type { LuaProfile } from './lua-source.ts';
import type { MemoryImage } from './memory-image.ts';
import type { WasmModule } from './web-assembly.ts';

/*
 * main                                   worker
 *  |--- start { module, from, … } -------->|
 *  |<-- ready { image } or refused --------|
 *  |--- run { entries } ------------------>|   applies them in order, stops at the first failure and undoes it
 *  |<-- done { replies, times, failure } --|
 *  |<-- image { image, applied } ----------|   now and then; entries before it need not be replayed
 *  |--- peek { entry } ------------------->|   takes an image, applies the entry, goes back to the image
 *  |<-- peeked { replies, failure } -------|
 */

/**
 * A message or call, encoded, behind the byte `c` (compute), `r` (compute, answering nothing), `s` and `S` (compute,
 * answering its results; a metered VM counts only `S`) or `x` (call).
 */
export type Entry = Uint8Array<ArrayBuffer>;

export interface WorkerStart {
  module: WasmModule;
  profile: LuaProfile;
  memoryLimitBytes: number;
  metered?: boolean;
  /** See `Progress`. */
  control: SharedArrayBuffer;
  from: ProgramFrom;
}

/** Bytes of one VM. */
export interface VmMemory {
  /** Held by Lua's objects, garbage that is not collected yet included. */
  luaBytes: number;
  /** Of the whole WebAssembly memory, which never shrinks. */
  wasmBytes: number;
  /** Of the image that a failed message is undone from; two of them exist while one is taken. */
  imageBytes: number;
}

export type FailureReason = 'error' | 'timeout' | 'memory' | 'bad-return' | 'crash';

export interface Failure {
  reason: FailureReason;
  status: 400 | 500;
  message: string;
}

/** Replies back to back: small blocks of memory are dear to send. */
export interface Replies {
  block: Uint8Array<ArrayBuffer>;
  /** Where each reply ends in the block. */
  ends: number[];
}

export type ToWorker = { kind: 'start'; start: WorkerStart } | { kind: 'run'; entries: Entry[] } | { kind: 'peek'; entry: Entry } | { kind: 'bytes' };

export type FromWorker =
  | { kind: 'ready'; image: MemoryImage }
  | { kind: 'refused'; code: FaultCode; message: string; hint: string | undefined; details: Record<string, string | number | boolean> }
  | { kind: 'done'; replies: Replies; times: number[]; /** Of entries that were counted; none unless metered. */ costs: Cost[]; failure: Failure | undefined }
  | { kind: 'peeked'; reply: Uint8Array<ArrayBuffer>; ms: number; cost: Cost | undefined }
  | { kind: 'peek-failed'; failure: Failure }
  | { kind: 'image'; image: MemoryImage; applied: number }
  | { kind: 'bytes'; memory: VmMemory };

/** Milliseconds on a clock that all threads of this process share. */
export function threadClock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Which entry of a run is at work, readable while the worker is busy. */
export function progressOf(control: SharedArrayBuffer) {
  const startedAt = new Float64Array(control, 0, 1);
  const index = new Int32Array(control, 8, 1);
  return {
    begin(entry: number) {
      Atomics.store(index, 0, entry);
      startedAt[0] = threadClock();
    },
    rest() {
      startedAt[0] = 0;
    },
    /** 0 while nothing runs. */
    startedAt: () => startedAt[0]!,
    index: () => Atomics.load(index, 0),
  };
}
export const CONTROL_BYTES = 16;
