import { Fault } from '@beamline/core';

/** A WebAssembly value type that an import may return; `undefined` returns nothing. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64';

export interface ModuleShape {
  /** 8 for wasm64 (memory64), whose addresses are BigInts at the border. */
  pointerBytes: 4 | 8;
  /** With which the memory begins. */
  memoryBytes: number;
  /** What each imported function returns, by its name: a wrong kind of number raises a TypeError there. */
  returns: Readonly<Record<string, ValueType | undefined>>;
}

/*
 * The binary format (WebAssembly core specification, section 5), as far as it is read here:
 *   "\0asm" u32 version, then sections: u8 id, leb size, content
 *   id 1 types:   leb n, n × (0x60, leb n, n × valtype, leb n, n × valtype)
 *   id 2 imports: leb n, n × (name module, name field, u8 kind, descriptor)    kind 0: leb type
 *   id 5 memory:  leb n, n × limits (u8 flags, leb least pages of 64 KB, …); bit 2 of the flags says memory64
 */
const VALUE_TYPES: Readonly<Record<number, ValueType>> = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64' };
const MEMORY64 = 4;
const FUNCTION = 0x60;
const PAGE_BYTES = 65_536;

/** @throws Fault `vm/bad-module` */
export function readModuleShape(bytes: Uint8Array): ModuleShape {
  let at = 8;
  const u8 = () => {
    const byte = bytes[at++];
    if (byte === undefined) throw badModule('it ends early');
    return byte;
  };
  const leb = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = u8();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const list = <T>(read: () => T): T[] => Array.from({ length: leb() }, read);
  const text = () => {
    const length = leb();
    at += length;
    return Buffer.from(bytes.subarray(at - length, at)).toString('latin1');
  };

  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== '\0asm') throw badModule('it is no WebAssembly');
  let results: (ValueType | undefined)[] = [];
  const returns: Record<string, ValueType | undefined> = {};
  let pointerBytes: 4 | 8 = 4;
  let memoryBytes = 0;
  while (at < bytes.length) {
    const id = u8();
    const end = leb() + at;
    if (id === 1) {
      results = list(() => {
        if (u8() !== FUNCTION) throw badModule('it has types of a kind that no aos module has');
        list(u8);
        return VALUE_TYPES[list(u8)[0] ?? 0];
      });
    } else if (id === 2) {
      list(() => {
        text();
        const name = text();
        if (u8() !== 0) throw badModule(`it imports ${name}, which is no function`);
        returns[name] = results[leb()];
      });
    } else if (id === 5) {
      leb();
      if ((u8() & MEMORY64) !== 0) pointerBytes = 8;
      memoryBytes = leb() * PAGE_BYTES;
    }
    at = end;
  }
  return { pointerBytes, memoryBytes, returns };
}

export function badModule(reason: string): Fault {
  return new Fault('vm/bad-module', `this is no aos module: ${reason}`, {
    hint: 'Give the WebAssembly of an aos release, as emscripten built it.',
  });
}
