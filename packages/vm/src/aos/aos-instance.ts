import { fillFromImage, type MemoryImage } from '../memory-image.ts';
import { importsOf, instantiateWasm, type WasmMemory, type WasmTable } from '../web-assembly.ts';
import { createAosImports, LONG_JUMP } from './aos-imports.ts';
import type { AosModule } from './aos-module.ts';

type Pointer = number | bigint;

interface AosExports {
  memory: WasmMemory;
  __indirect_function_table: WasmTable;
  __wasm_call_ctors(): void;
  malloc(size: Pointer): Pointer;
  free(at: Pointer): void;
  handle(message: Pointer, environment: Pointer): Pointer;
  setThrew(env: Pointer, value: number): void;
  emscripten_stack_init(): void;
  emscripten_stack_get_current(): Pointer;
  _emscripten_stack_restore(at: Pointer): void;
}

const PAGE_BYTES = 65_536;

/** One aos module at work: its memory is the process. */
export interface AosInstance {
  /** Message and environment as JSON in UTF-8; gives the module's answer, JSON in UTF-8 as well. Throws when it aborts. */
  handle(message: Uint8Array, environment: Uint8Array): Uint8Array<ArrayBuffer>;
  memory(): Uint8Array<ArrayBuffer>;
  /** True once the limit refused to let the memory grow. */
  memoryDenied(): boolean;
}

/** Starts an instance, or continues one from an image of its memory. */
export function openAosInstance({ module, pointerBytes, returns }: AosModule, memoryLimitBytes: number, image?: MemoryImage): AosInstance {
  const pointer = (value: number): Pointer => (pointerBytes === 8 ? BigInt(value) : value);
  let heap: Uint8Array<ArrayBuffer>;
  let denied = false;

  const grow = (bytes: number): boolean => {
    if (bytes > memoryLimitBytes) {
      denied = true;
      return false;
    }
    exports.memory.grow(pointer(Math.ceil((bytes - exports.memory.buffer.byteLength) / PAGE_BYTES)));
    heap = new Uint8Array(exports.memory.buffer);
    return true;
  };
  const invoke = (index: number, args: readonly Pointer[]): void => {
    const stack = exports.emscripten_stack_get_current();
    try {
      (exports.__indirect_function_table.get(index) as (...args: readonly Pointer[]) => void)(...args);
    } catch (error) {
      exports._emscripten_stack_restore(stack);
      if (error !== LONG_JUMP) throw error;
      exports.setThrew(pointer(1), 0);
    }
  };
  const imports = createAosImports(importsOf(module), returns, { memory: () => exports.memory, grow, invoke, pointerBytes });
  const exports = instantiateWasm(module, imports).exports as unknown as AosExports;
  exports.emscripten_stack_init();
  if (image === undefined) exports.__wasm_call_ctors();
  else if (image.memoryBytes > exports.memory.buffer.byteLength) grow(image.memoryBytes);
  heap = new Uint8Array(exports.memory.buffer);
  if (image !== undefined) fillFromImage(heap, image);

  /** A C string of these bytes, which hold no 0: JSON escapes it. */
  const put = (bytes: Uint8Array): Pointer => {
    const at = exports.malloc(pointer(bytes.length + 1));
    if (Number(at) === 0) throw new Error('not enough memory');
    heap.set(bytes, Number(at));
    heap[Number(at) + bytes.length] = 0;
    return at;
  };

  return {
    handle(message, environment) {
      const given = [put(message), put(environment)] as const;
      const answer = Number(exports.handle(...given));
      for (const at of given) exports.free(at);
      return heap.slice(answer, heap.indexOf(0, answer));
    },
    memory: () => heap,
    memoryDenied: () => denied,
  };
}
