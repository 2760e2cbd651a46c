import type { FieldKind } from '@beamline/ecs';

export type { FieldKind };

const RANGE: Partial<Record<FieldKind, readonly [number, number]>> = {
  u8: [0, 255], i8: [-128, 127], u16: [0, 65_535], i16: [-32_768, 32_767], bool: [0, 1],
  u32: [0, 4_294_967_295], i32: [-2_147_483_648, 2_147_483_647], eid: [0, 4_294_967_295],
  i53: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/** Smallest integer of a kind; minus infinity where the kind sets no bounds. */
export const minOf = (kind: FieldKind): number => RANGE[kind]?.[0] ?? -Infinity;

export const maxOf = (kind: FieldKind): number => RANGE[kind]?.[1] ?? Infinity;
