import { openAosProgram, type AosProgramOptions } from './aos/aos-program.ts';
import type { Cost } from './instruction-meter.ts';
import { applyEntry, loadProgram, memoryInUse, restoreProgram, type ProgramOptions, type ProgramSource } from './lua-program.ts';
import type { LuaAddresses, LuaState } from './lua-state.ts';
import type { MemoryImage } from './memory-image.ts';
import type { Entry, Failure } from './worker-protocol.ts';

/** Anything whose whole state lies in one WebAssembly memory: a Lua program, or an aos process. */
export interface Program {
  /** Applies one entry. A failure leaves the program undefined: open it anew. */
  apply(entry: Entry): { reply: Uint8Array<ArrayBuffer>; cost?: Cost } | { failure: Failure };
  memory(): Uint8Array;
  addresses(): LuaAddresses;
  bytesInUse(): number;
}

/** An aos process begins with nothing but its module. */
export type ProgramFrom = ProgramSource | 'start' | { image: MemoryImage; log: Entry[] };

/**
 * Starts a program, or continues it. `onRun` is called before its own code runs for the first time.
 * @throws Fault of the load
 */
export function openProgram(options: ProgramOptions | AosProgramOptions, from: ProgramFrom, onRun: () => void): Program {
  if ('aos' in options) {
    onRun();
    return typeof from === 'object' && 'image' in from ? openAosProgram(options, from.image, from.log) : openAosProgram(options);
  }
  if (from === 'start') throw new Error('a Lua program starts from its source');
  const state: LuaState = 'image' in from ? restoreProgram(options, from.image, from.log) : loadProgram(options, from, onRun);
  return {
    apply: (entry) => applyEntry(state, entry),
    memory: () => state.memory(),
    addresses: () => state.addresses(),
    bytesInUse: () => memoryInUse(state),
  };
}
