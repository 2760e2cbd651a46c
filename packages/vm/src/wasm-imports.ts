import { IMPORT_NAMES } from './wasm-names.ts';
import type { WasmImports, WasmMemory } from './web-assembly.ts';

/** What the WebAssembly instance may ask of this side. */
export interface HostCalls {
  memory(): WasmMemory;
  /** Its bytes. */
  heap(): Uint8Array;
  /** Makes the memory at least `bytes` long, or refuses. */
  grow(bytes: number): boolean;
  invoke(index: number, a: number, b: number): void;
  longjmp(env: number, value: number): never;
  system(command: number): number;
}

const ENOSYS = -52;
const unavailable = () => ENOSYS;
const zero = () => 0;

/**
 * The imports of the Lua WebAssembly module. Files do not exist and time stands still, so that a replay of the same
 * calls gives the same memory, byte for byte.
 */
export function createImports(host: HostCalls): WasmImports {
  let tempRet0 = 0;
  const calls: Record<keyof typeof IMPORT_NAMES, (...args: number[]) => number | void> = {
    ___clock_gettime(_clock, at) {
      new DataView(host.memory().buffer).setBigUint64(at!, 0n, true);
      return 0;
    },
    ___gmtime_r: zero,
    ___localtime_r: zero,
    ___sys_dup2: unavailable,
    ___sys_dup3: unavailable,
    ___sys_fcntl64: unavailable,
    ___sys_ioctl: unavailable,
    ___sys_lstat64: unavailable,
    ___sys_open: unavailable,
    ___sys_rename: unavailable,
    ___sys_rmdir: unavailable,
    ___sys_unlink: unavailable,
    _abort() {
      throw new Error('Lua aborted');
    },
    _clock: zero,
    _difftime: (a, b) => a! - b!,
    _emscripten_longjmp: (env, value) => host.longjmp(env!, value!),
    _emscripten_memcpy_big(to, from, length) {
      host.heap().copyWithin(to!, from!, from! + length!);
    },
    _emscripten_resize_heap: (bytes) => (host.grow(bytes! >>> 0) ? 1 : 0),
    _environ_get: zero,
    _environ_sizes_get(count, size) {
      const view = new DataView(host.memory().buffer);
      view.setUint32(count!, 0, true);
      view.setUint32(size!, 0, true);
      return 0;
    },
    _exit() {
      throw new Error('Lua called os.exit');
    },
    _fd_close: zero,
    _fd_read: () => 8,
    _fd_seek: () => 8,
    // Claims to have written everything: output goes nowhere.
    _fd_write(_fd, vectors, count, written) {
      const view = new DataView(host.memory().buffer);
      let total = 0;
      for (let i = 0; i < count!; i++) total += view.getUint32(vectors! + 8 * i + 4, true);
      view.setUint32(written!, total, true);
      return 0;
    },
    _getTempRet0: () => tempRet0,
    invoke_vii: (index, a, b) => host.invoke(index!, a!, b!),
    _mktime: () => -1,
    _setTempRet0(value) {
      tempRet0 = value!;
    },
    _strftime: zero,
    _system: (command) => host.system(command!),
    _time(at) {
      if (at !== 0) new DataView(host.memory().buffer).setInt32(at!, 0, true);
      return 0;
    },
  };
  return {
    a: Object.fromEntries(Object.entries(calls).map(([name, call]) => [IMPORT_NAMES[name as keyof typeof IMPORT_NAMES], call])),
  };
}
