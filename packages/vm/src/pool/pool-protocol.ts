import type { AosModule } from '../aos/aos-module.ts';
import type { LuaProfile } from '../lua-source.ts';
import type { ProgramFrom } from '../program.ts';
import type { Entry, FromWorker } from '../worker-protocol.ts';
import type { WasmModule } from '../web-assembly.ts';

/*
 * main                                        thread
 *  |--- open { program, start } --------------->|   any number of programs; each number is used once
 *  |<-- { program, answer: ready or refused } --|
 *  |--- run { program, entries } -------------->|
 *  |<-- { program, answer: done } --------------|
 *  |--- peek { program, entry } ------------->|
 *  |<-- { program, answer: peeked } -----------|
 *  |--- image { program } --------------------->|   an image of now
 *  |<-- { program, answer: image } -------------|   asked for or not; entries before it need not be replayed
 *  |<-- { program, answer: bytes } -------------|   what was asked for is done
 *  |--- drop { program } ---------------------->|
 */

/** What a thread of a pool starts with. */
export interface PoolThreadStart {
  module: WasmModule;
  /** See `poolProgressOf`. */
  control: SharedArrayBuffer;
}

export interface ProgramStart {
  /** How a Lua program behaves, or which aos module runs the process of an environment. */
  engine: { profile: LuaProfile } | { aos: AosModule; environment: Entry };
  memoryLimitBytes: number;
  from: ProgramFrom;
}

export type ToPoolThread =
  | { kind: 'open'; program: number; start: ProgramStart }
  | { kind: 'run'; program: number; entries: Entry[] }
  | { kind: 'peek'; program: number; entry: Entry }
  | { kind: 'image' | 'bytes' | 'drop'; program: number };

export interface FromPoolThread {
  program: number;
  answer: FromWorker;
}

/** Layout: what `progressOf` keeps in 16 bytes, then the program at work as i32. */
export const POOL_CONTROL_BYTES = 24;
const PROGRAM_OFFSET = 16;

export function programAtWork(control: SharedArrayBuffer): Int32Array {
  return new Int32Array(control, PROGRAM_OFFSET, 1);
}
