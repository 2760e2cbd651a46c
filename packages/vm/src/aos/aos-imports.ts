import type { WasmImports, WasmMemory } from '../web-assembly.ts';
import type { ModuleShape, ValueType } from './module-shape.ts';

/** What an instance may ask of this side. Addresses are plain numbers here, whatever the module's are. */
export interface AosCalls {
  memory(): WasmMemory;
  /** Makes the memory at least `bytes` long, or refuses. */
  grow(bytes: number): boolean;
  /** Calls an entry of the function table, catching a long jump. */
  invoke(index: number, args: readonly (number | bigint)[]): void;
  /** Of the import at work: addresses of 4 or 8 bytes. */
  readonly pointerBytes: 4 | 8;
}

/** Thrown by a long jump and caught by the `invoke_…` around it. */
export const LONG_JUMP = Symbol('long jump');

const ENOSYS = -52;
const WASI_BAD_FILE = 8;

/**
 * The imports of an emscripten module. There are no files, no environment, no WeaveDrive, no chance, and time stands
 * still, so that the same messages give the same memory byte for byte on every machine. Whatever is not listed here
 * answers that it is not available.
 */
export function createAosImports(names: readonly { module: string; name: string }[], returns: ModuleShape['returns'], host: AosCalls): WasmImports {
  const view = () => new DataView(host.memory().buffer);
  const readSize = (at: number) => (host.pointerBytes === 8 ? Number(view().getBigUint64(at, true)) : view().getUint32(at, true));
  const writeSize = (at: number, value: number) =>
    (host.pointerBytes === 8 ? view().setBigUint64(at, BigInt(value), true) : view().setUint32(at, value, true));

  const calls: Record<string, (...args: number[]) => number | void> = {
    _abort_js() {
      throw new Error('the module aborted');
    },
    exit() {
      throw new Error('the module called os.exit');
    },
    _emscripten_throw_longjmp() {
      throw LONG_JUMP;
    },
    _emscripten_memcpy_js(to, from, length) {
      new Uint8Array(host.memory().buffer).copyWithin(to!, from!, from! + length!);
    },
    // Of wasm32 a signed number.
    emscripten_resize_heap: (bytes) => (host.grow(host.pointerBytes === 4 ? bytes! >>> 0 : bytes!) ? 1 : 0),
    emscripten_date_now: () => 0,
    emscripten_get_now: () => 0,
    _emscripten_get_now_is_monotonic: () => 1,
    environ_get: () => 0,
    environ_sizes_get(count, size) {
      writeSize(count!, 0);
      writeSize(size!, 0);
      return 0;
    },
    // What is printed to a file goes nowhere; it claims to have written everything.
    fd_write(_fd, vectors, count, written) {
      let total = 0;
      for (let i = 0; i < count!; i++) total += readSize(vectors! + host.pointerBytes * (2 * i + 1));
      writeSize(written!, total);
      return 0;
    },
    fd_read: () => WASI_BAD_FILE,
    fd_seek: () => WASI_BAD_FILE,
    fd_close: () => 0,
    _tzset_js: () => undefined,
    _gmtime_js: () => undefined,
    _localtime_js: () => undefined,
    _mktime_js: () => -1,
    strftime: () => 0,
    _emscripten_system: () => 0,
    // As where no WeaveDrive is configured.
    __asyncjs__weavedrive_open: () => 0,
    __asyncjs__weavedrive_read: () => 0,
    __asyncjs__weavedrive_close: () => 0,
  };

  const imports: WasmImports = {};
  for (const { module, name } of names) {
    const call = name.startsWith('invoke_')
      ? (index: number | bigint, ...args: (number | bigint)[]) => host.invoke(Number(index), args)
      : (...args: (number | bigint)[]) => asType(returns[name], (calls[name] ?? unavailable)(...args.map(Number)));
    (imports[module] ??= {})[name] = call;
  }
  return imports;
}

const unavailable = () => ENOSYS;

function asType(type: ValueType | undefined, value: number | void): number | bigint | undefined {
  if (type === undefined) return undefined;
  return type === 'i64' ? BigInt(value ?? 0) : (value ?? 0);
}
