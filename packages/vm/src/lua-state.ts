import { createInstructionMeter, findHookCount, type InstructionMeter } from './instruction-meter.ts';
import { createImports, type HostCalls } from './wasm-imports.ts';
import { EXPORT_NAMES } from './wasm-names.ts';
import { instantiateWasm, type WasmMemory, type WasmModule, type WasmTable } from './web-assembly.ts';

/** Address inside the WebAssembly memory. */
type Pointer = number;

interface LuaExports {
  memory: WasmMemory;
  table: WasmTable;
  callConstructors(): void;
  malloc(size: number): Pointer;
  stackSave(): Pointer;
  stackRestore(sp: Pointer): void;
  setThrew(env: number, value: number): void;
  luaL_newstate(): Pointer;
  luaL_openlibs(L: Pointer): void;
  luaL_loadstring(L: Pointer, source: Pointer): number;
  lua_settop(L: Pointer, index: number): void;
  lua_pushstring(L: Pointer, text: Pointer): Pointer;
  lua_tolstring(L: Pointer, index: number, length: Pointer): Pointer;
  lua_getfield(L: Pointer, index: number, name: Pointer): number;
  lua_setfield(L: Pointer, index: number, name: Pointer): void;
  lua_pcallk(L: Pointer, args: number, results: number, handler: number, context: number, k: number): number;
}

/** What a restored state needs besides the memory: where things lie in it. */
export interface LuaAddresses {
  L: Pointer;
  scratch: Pointer;
  scratchSize: number;
  /** Of Lua's instruction count, once it is metered. */
  countAt?: Pointer;
}

export interface LuaStateOptions {
  module: WasmModule;
  memoryLimitBytes: number;
  /** Rewrites source given to `load` inside Lua; throws an Error to refuse it. */
  transform(source: Uint8Array): Uint8Array;
  /** Continue a state saved by `addresses` and a copy of its memory instead of opening a new one. */
  restore?: { addresses: LuaAddresses; memoryBytes: number; fill(memory: Uint8Array): void };
}

/** Long strings (over 40 bytes) are neither interned nor hashed when made, so their bytes may still be written. */
const LONGEST_SHORT_STRING = 40;
const REGISTRY = -1001000;
const SCRATCH_BYTES = 65_536;
const PAGE_BYTES = 65_536;
/** First byte of what is no source but the name of a part to meter. */
const MARK = 1;

export type LuaState = ReturnType<typeof openLuaState>;

/** Raised by `call` when Lua reports an error; `bytes` is the error message as Lua has it. */
export class LuaError extends Error {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    super(Buffer.from(bytes).toString('latin1'));
    this.bytes = bytes;
  }
}

/**
 * A Lua 5.3.6 state in its own WebAssembly instance. Strings cross as exact bytes. Nothing of the host is reachable
 * from inside but the imports in `wasm-imports.ts`: no clock, no files, no environment, no output.
 */
export function openLuaState({ module, memoryLimitBytes, transform, restore }: LuaStateOptions) {
  let heap: Uint8Array<ArrayBuffer>;
  let view: DataView;
  let memoryDenied = false;
  let meter: InstructionMeter | undefined;
  /** Entries of the function table, which never change: looking one up costs more than calling it. */
  const called: ((a: number, b: number) => void)[] = [];

  const refreshViews = () => {
    heap = new Uint8Array(exports.memory.buffer);
    view = new DataView(exports.memory.buffer);
  };

  const host: HostCalls = {
    memory: () => exports.memory,
    heap: () => heap,
    grow(bytes) {
      if (bytes > memoryLimitBytes) {
        memoryDenied = true;
        return false;
      }
      exports.memory.grow(Math.ceil((bytes - exports.memory.buffer.byteLength) / PAGE_BYTES));
      refreshViews();
      return true;
    },
    invoke: (index, a, b) => {
      const sp = exports.stackSave();
      try {
        (called[index] ??= exports.table.get(index) as (a: number, b: number) => void)(a, b);
      } catch (error) {
        exports.stackRestore(sp);
        if (error !== 'longjmp') throw error;
        exports.setThrew(1, 0);
      }
    },
    longjmp(env, value) {
      exports.setThrew(env, value || 1);
      // emscripten's own protocol: `invoke` above recognises exactly this value.
      throw 'longjmp';
    },
    // Lua's `os.execute` is the one door from Lua to the host: the prelude keeps it to itself.
    system(command) {
      const source = heap.slice(command, heap.indexOf(0, command));
      if (source[0] === MARK) {
        meter?.mark(Buffer.from(source.subarray(1)).toString('utf8'));
        return 0;
      }
      let answer: Uint8Array;
      let field: string;
      try {
        answer = transform(source);
        field = 'vm.source';
      } catch (error) {
        answer = Buffer.from((error as Error).message);
        field = 'vm.refusal';
      }
      pushBytes(answer);
      writeName(scratch, field);
      exports.lua_setfield(L, REGISTRY, scratch);
      return 0;
    },
  };

  const instance = instantiateWasm(module, createImports(host));
  const exports = Object.fromEntries(
    Object.entries(EXPORT_NAMES).map(([name, short]) => [name, instance.exports[short]]),
  ) as unknown as LuaExports;
  refreshViews();

  let L: Pointer;
  let scratch: Pointer;
  let scratchSize: number;
  let countAt: Pointer | undefined;
  if (restore === undefined) {
    exports.callConstructors();
    scratchSize = SCRATCH_BYTES;
    scratch = exports.malloc(scratchSize);
    L = exports.luaL_newstate();
    exports.luaL_openlibs(L);
  } else {
    ({ L, scratch, scratchSize, countAt } = restore.addresses);
    const missing = restore.memoryBytes - exports.memory.buffer.byteLength;
    if (missing > 0) exports.memory.grow(missing / PAGE_BYTES);
    refreshViews();
    restore.fill(heap!);
    if (countAt !== undefined) meter = createInstructionMeter(() => view, countAt);
  }

  function writeName(at: Pointer, name: string): void {
    for (let i = 0; i < name.length; i++) heap[at + i] = name.charCodeAt(i);
    heap[at + name.length] = 0;
  }

  /** Pushes a string of exactly these bytes; one of up to 40 bytes that holds byte 0 is padded with more of it. */
  function pushBytes(given: Uint8Array): void {
    let bytes = given;
    if (given.length <= LONGEST_SHORT_STRING && given.includes(0)) {
      bytes = new Uint8Array(LONGEST_SHORT_STRING + 1);
      bytes.set(given);
    }
    const needed = bytes.length + 1;
    if (needed > scratchSize) {
      // The old block is left to the allocator: the prelude's heap is the only user and sizes double.
      scratchSize = Math.max(needed, scratchSize * 2);
      const grown = exports.malloc(scratchSize);
      if (grown === 0) throw new LuaError(Buffer.from('not enough memory'));
      scratch = grown;
    }
    if (bytes.length <= LONGEST_SHORT_STRING) {
      heap.set(bytes, scratch);
      heap[scratch + bytes.length] = 0;
      exports.lua_pushstring(L, scratch);
      return;
    }
    heap.fill(32, scratch, scratch + bytes.length);
    heap[scratch + bytes.length] = 0;
    const copy = exports.lua_pushstring(L, scratch);
    heap.set(bytes, copy);
  }

  /** The string at a stack index, copied out. */
  function readBytes(index: number): Uint8Array<ArrayBuffer> {
    const at = exports.lua_tolstring(L, index, scratch);
    return at === 0 ? new Uint8Array(0) : heap.slice(at, at + view.getUint32(scratch, true));
  }

  /** Runs a protected call on what is on the stack and returns its one string result. */
  function finish(status: number): Uint8Array<ArrayBuffer> {
    const result = readBytes(-1);
    exports.lua_settop(L, 0);
    if (status !== 0) throw new LuaError(result);
    return result;
  }

  return {
    /** Compiles and runs a short chunk of ASCII source. @throws LuaError */
    run(source: string): void {
      writeName(scratch, source);
      const status = exports.luaL_loadstring(L, scratch);
      finish(status === 0 ? exports.lua_pcallk(L, 0, 0, 0, 0, 0) : status);
    },
    /** Calls a function of Lua's registry with one string; returns its string result. @throws LuaError */
    call(name: string, argument: Uint8Array): Uint8Array<ArrayBuffer> {
      writeName(scratch, name);
      exports.lua_getfield(L, REGISTRY, scratch);
      pushBytes(argument);
      return finish(exports.lua_pcallk(L, 1, 1, 0, 0, 0));
    },
    addresses: (): LuaAddresses => ({ L, scratch, scratchSize, ...(countAt === undefined ? {} : { countAt }) }),
    memory: (): Uint8Array => heap,
    /** To be called once Lua counts its instructions, with a full count to go. */
    startMeter(): void {
      countAt = findHookCount(view, L);
      meter = createInstructionMeter(() => view, countAt);
    },
    meter: (): InstructionMeter | undefined => meter,
    /** True once the memory limit refused to let the state grow. */
    memoryDenied: () => memoryDenied,
  };
}
