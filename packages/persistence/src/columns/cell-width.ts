import type { FieldKind } from '@beamline/ecs';

/** Bytes of a cell on a canonical page. */
export const CELL_WIDTH: Readonly<Record<Exclude<FieldKind, 'str'>, number>> = {
  u8: 1, i8: 1, bool: 1, u16: 2, i16: 2, u32: 4, i32: 4, eid: 4, i53: 8, f64: 8,
};
