export type FieldKind = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'i53' | 'bool' | 'eid' | 'str' | 'f64';

/** Describes one field of a component. Plain data. */
export interface Field<K extends FieldKind = FieldKind> {
  readonly kind: K;
  /** Number of values: 1 unless made by `array`. */
  readonly length: number;
  /** n of `fixed(n)`: the stored integer is the value times 2^n. 0 for everything else. */
  readonly scale: number;
}

/** What a field holds: text for `str`, numbers for all others; `bool` is 0 or 1. */
export type ValueOf<F extends Field> = F['kind'] extends 'str' ? string : number;

export const u8: Field<'u8'> = { kind: 'u8', length: 1, scale: 0 };
export const i8: Field<'i8'> = { kind: 'i8', length: 1, scale: 0 };
export const u16: Field<'u16'> = { kind: 'u16', length: 1, scale: 0 };
export const i16: Field<'i16'> = { kind: 'i16', length: 1, scale: 0 };
export const u32: Field<'u32'> = { kind: 'u32', length: 1, scale: 0 };
export const i32: Field<'i32'> = { kind: 'i32', length: 1, scale: 0 };
/** Any integer that a double holds exactly: |x| < 2^53. */
export const i53: Field<'i53'> = { kind: 'i53', length: 1, scale: 0 };
/** 0 or 1. */
export const bool: Field<'bool'> = { kind: 'bool', length: 1, scale: 0 };
/** An entity, or 0 for none. */
export const eid: Field<'eid'> = { kind: 'eid', length: 1, scale: 0 };
/** Unicode text; UTF-8 bytes on every disk and in every digest. */
export const str: Field<'str'> = { kind: 'str', length: 1, scale: 0 };
/** JavaScript-only worlds; refused by Lua. */
export const f64: Field<'f64'> = { kind: 'f64', length: 1, scale: 0 };

/** A fraction kept as an i32 scaled by 2^bits; `get` and `set` move the scaled integer. */
export function fixed(bits: number): Field<'i32'> {
  return { kind: 'i32', length: 1, scale: bits };
}

/** `length` values of one kind, each its own column. */
export function array<K extends FieldKind>(field: Field<K>, length: number): Field<K> {
  return { kind: field.kind, length, scale: field.scale };
}

const MIN: Readonly<Partial<Record<FieldKind, number>>> = { i8: -128, i16: -32768, i32: -2147483648, i53: -9007199254740991 };
const MAX: Readonly<Partial<Record<FieldKind, number>>> = {
  bool: 1, u8: 255, i8: 127, u16: 65535, i16: 32767, u32: 4294967295, eid: 4294967295, i32: 2147483647, i53: 9007199254740991,
};

/** Smallest value of a kind; 0 for `str` and `f64`. */
export function minOf(kind: FieldKind): number {
  return MIN[kind] ?? 0;
}

/** Largest value of a kind; 0 for `str` and `f64`. */
export function maxOf(kind: FieldKind): number {
  return MAX[kind] ?? 0;
}
