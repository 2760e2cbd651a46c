import type { AoMap, Id } from '@beamline/core';
import { bytesOfText, loadAosModule, type AosModule } from '@beamline/vm';
import { mapOf, tagsOf } from '../legacy/scheduled.ts';

/** True for the message of a module that is WebAssembly, not Lua. */
export function isWasmModule(module: AoMap | undefined): module is AoMap {
  return module !== undefined && tagsOf(module).some(({ name, value }) => name.toLowerCase() === 'module-format' && value.startsWith('wasm'));
}

const compiled = new Map<Id, AosModule>();
/** Each holds the machine code of half a megabyte of WebAssembly. */
const KEPT = 16;

/** Compiles a published module, once for all its processes. @throws Fault `vm/bad-module` */
export function aosModuleOf(id: Id, module: AoMap): AosModule {
  let aos = compiled.get(id);
  if (aos === undefined) {
    compiled.set(id, (aos = loadAosModule(bytesOfText(String(mapOf(module)['data'] ?? '')))));
    if (compiled.size > KEPT) compiled.delete(compiled.keys().next().value as Id);
  }
  return aos;
}
