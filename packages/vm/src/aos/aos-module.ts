import { hash } from 'node:crypto';
import { Fault } from '@beamline/core';
import { compileWasm, type WasmModule } from '../web-assembly.ts';
import { badModule, readModuleShape, type ModuleShape } from './module-shape.ts';

/** A compiled aos module; may be sent to threads and shared by any number of processes. */
export interface AosModule extends ModuleShape {
  readonly module: WasmModule;
  /** Of its bytes, hex. */
  readonly sha256: string;
}

/**
 * Compiles an aos module that the caller supplies: aos is not part of this package. With `sha256` (hex) only exactly
 * those bytes are taken. wasm32 and wasm64 modules run; the latter need Node 24.
 * @throws Fault `vm/wrong-module`, `vm/bad-module`
 */
export function loadAosModule(bytes: Uint8Array, sha256?: string): AosModule {
  const found = hash('sha256', bytes, 'hex');
  if (sha256 !== undefined && found !== sha256.toLowerCase()) {
    throw new Fault('vm/wrong-module', `the aos module should hash to ${sha256}, got ${found}`, {
      hint: 'Fetch the module that was pinned, or pin this one after you have checked where it comes from.',
      details: { expected: sha256, found },
    });
  }
  const shape = readModuleShape(bytes);
  try {
    return { ...shape, module: compileWasm(new Uint8Array(bytes)), sha256: found };
  } catch (error) {
    throw badModule(error instanceof Error ? error.message : String(error));
  }
}
