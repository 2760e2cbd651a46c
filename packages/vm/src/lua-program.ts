import { hash } from 'node:crypto';
import { Fault } from '@beamline/core';
import type { Cost } from './instruction-meter.ts';
import { LuaError, openLuaState, type LuaState } from './lua-state.ts';
import type { LuaProfile } from './lua-source.ts';
import { fillFromImage, type MemoryImage } from './memory-image.ts';
import { PRELUDE_COMPUTE } from './prelude-compute.ts';
import { PRELUDE_LIBRARIES } from './prelude-libraries.ts';
import { PRELUDE_METER } from './prelude-meter.ts';
import { PRELUDE_PROFILE } from './prelude-profile.ts';
import { PRELUDE_STILL } from './prelude-still.ts';
import { PRELUDE_STRINGS } from './prelude-strings.ts';
import { PRELUDE_VALUES } from './prelude-values.ts';
import { rewriteOperators } from './rewrite-operators.ts';
import { encodeValue } from './value-codec.ts';
import type { Entry, Failure, FailureReason } from './worker-protocol.ts';
import type { WasmModule } from './web-assembly.ts';

export interface ProgramOptions {
  module: WasmModule;
  profile: LuaProfile;
  memoryLimitBytes: number;
  /** Lua counts its instructions. @default false */
  metered?: boolean;
}

export interface ProgramSource {
  code: string;
  name: string;
  base: Entry;
}

const BOOT = `local r, load = debug.getregistry(), load
r['vm.boot'] = function(code) return assert(load(code, '=\\2vm'))() end`;

const REASONS: Readonly<Record<string, FailureReason>> = { e: 'error', b: 'bad-return', c: 'crash' };
const FAILED = 'F'.charCodeAt(0);
const UNCOUNTED = 's'.charCodeAt(0);

const PRELUDE = [PRELUDE_VALUES, PRELUDE_STILL, PRELUDE_COMPUTE];
const PROFILE = [PRELUDE_PROFILE, PRELUDE_STRINGS, PRELUDE_LIBRARIES];

/** SHA-256 of the Lua code around every program: what another version of it left behind cannot be gone on with. */
export function preludeName(): Buffer {
  return hash('sha256', [...PRELUDE, PRELUDE_METER, ...PROFILE].join('\0'), 'buffer');
}

/**
 * Opens a Lua state and loads a module into it. `base` is an encoded map; `onRun` is called before the module's own
 * code runs, when everything that depends on the machine's speed alone is done.
 * @throws Fault `vm/syntax`, `vm/forbidden`, `vm/load-failed`
 */
export function loadProgram(options: ProgramOptions, { code, name, base }: ProgramSource, onRun: () => void): LuaState {
  const source = options.profile === 'lua@5.3a' ? rewriteOperators(code, name) : code;
  const state = openLuaState({ ...options, transform: transformLoaded });
  try {
    state.run(BOOT);
    const profile = options.profile === 'lua@5.3a' ? PROFILE : [];
    const meter = options.metered === true ? [PRELUDE_METER] : [];
    for (const part of [...PRELUDE, ...meter, ...profile]) state.call('vm.boot', Buffer.from(part));
    if (options.metered === true) state.startMeter();
    state.call('vm.base', base);
    // Byte 2 marks the place in error messages, so that the profile's pcall can take it off.
    const mark = options.profile === 'lua@5.3a' ? '\x02' : '';
    onRun();
    const reply = state.call('vm.load', encodeValue({ code: source, name: `=${mark}${name}` }));
    if (reply[0] === FAILED) throw new LuaError(reply.subarray(4));
    if (options.metered === true) state.call('vm.watch', new Uint8Array(0));
    return state;
  } catch (error) {
    if (error instanceof Fault) throw error;
    const message = state.memoryDenied() ? 'not enough memory' : (error as Error).message;
    throw new Fault('vm/load-failed', `${name} did not load: ${message}`, {
      hint: 'The top level of the module runs once; it must not fail, loop or fill the memory.', cause: error,
    });
  }
}

/** Continues a program from an image and the entries applied since. */
export function restoreProgram(options: ProgramOptions, image: MemoryImage, log: readonly Entry[]): LuaState {
  const restore = {
    addresses: image.addresses,
    memoryBytes: image.memoryBytes,
    fill: (memory: Uint8Array) => fillFromImage(memory, image),
  };
  const state = openLuaState({ ...options, transform: transformLoaded, restore });
  for (const entry of log) {
    state.meter()?.begin();
    state.call('vm.handle', entry);
  }
  return state;
}

/** Applies one entry. A failure leaves the state undefined: restore it. */
export function applyEntry(state: LuaState, entry: Entry): { reply: Uint8Array<ArrayBuffer>; cost?: Cost } | { failure: Failure } {
  let reply: Uint8Array<ArrayBuffer>;
  const meter = state.meter();
  meter?.begin();
  try {
    reply = state.call('vm.handle', entry);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { failure: failureOf(state, 'crash', 500, message) };
  }
  if (reply[0] !== FAILED) return { reply, ...(meter === undefined || entry[0] === UNCOUNTED ? {} : { cost: meter.end() }) };
  const reason = REASONS[String.fromCharCode(reply[1]!)] ?? 'error';
  const status = reply[2]! + 256 * reply[3]! === 400 ? 400 : 500;
  return { failure: failureOf(state, reason, status, Buffer.from(reply.subarray(4)).toString('utf8')) };
}

/** Bytes held by Lua's objects, garbage included. */
export function memoryInUse(state: LuaState): number {
  return new DataView(state.call('vm.bytes', new Uint8Array(0)).buffer).getFloat64(0, true);
}

function failureOf(state: LuaState, reason: FailureReason, status: 400 | 500, message: string): Failure {
  // Outside a protected call Lua aborts when the memory is refused.
  const starved = state.memoryDenied() && /not enough memory|^Lua aborted$/.test(message);
  return starved ? { reason: 'memory', status: 500, message: 'the memory limit is reached' } : { reason, status, message };
}

/** For `load` inside Lua, of the `lua@5.3a` profile only. */
function transformLoaded(source: Uint8Array): Uint8Array {
  return Buffer.from(rewriteOperators(Buffer.from(source).toString('latin1'), 'load'));
}

