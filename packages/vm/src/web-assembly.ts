/** The part of the WebAssembly API in use: TypeScript describes it only in its library for browsers. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** By pages of 64 KB; a BigInt for a memory of 64-bit addresses. */
  grow(pages: number | bigint): number | bigint;
}
export interface WasmTable {
  get(index: number): unknown;
}
/** Compiled code; may be sent to another thread. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}
/** By the name of the module asked for, then of the function. */
export type WasmImports = Record<string, Record<string, unknown>>;

interface WebAssemblyApi {
  Module: {
    new (bytes: Uint8Array<ArrayBuffer>): WasmModule;
    imports(module: WasmModule): { module: string; name: string }[];
  };
  Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
}

const api = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

export const compileWasm = (bytes: Uint8Array<ArrayBuffer>): WasmModule => new api.Module(bytes);
export const instantiateWasm = (module: WasmModule, imports: WasmImports): WasmInstance => new api.Instance(module, imports);
export const importsOf = (module: WasmModule): { module: string; name: string }[] => api.Module.imports(module);
