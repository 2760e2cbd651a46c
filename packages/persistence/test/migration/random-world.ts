import type { FieldKind, Layout, LayoutField } from '@beamline/ecs';
import type { Cells, TableImage, WorldImage } from '../../src/index.ts';

/** Numbers below 2^32 from a seed: the same test every time. */
export function createDice(seed: number) {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * limit);
  };
  return { below, one: <T>(list: readonly T[]): T => list[below(list.length)]! };
}

export type Dice = ReturnType<typeof createDice>;

const KINDS: readonly FieldKind[] = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'i53', 'bool', 'str'];
const BITS: Partial<Record<FieldKind, number>> = { u8: 8, i8: 8, u16: 16, i16: 16, u32: 32, i32: 32, i53: 53, bool: 1 };

export function randomLayout({ below, one }: Dice): Layout {
  return {
    format: 1,
    components: Array.from({ length: 2 + below(3) }, (_, c) => ({
      id: c + 1, name: `C${c}`,
      fields: Array.from({ length: 1 + below(4) }, (_field, f): LayoutField => {
        const isFixed = below(6) === 0;
        return { id: f + 1, name: `c${c}f${f}`, type: isFixed ? 'i32' : one(KINDS), length: below(4) === 0 ? 2 + below(2) : 1, scale: isFixed ? 1 + below(8) : 0 };
      }),
    })),
  };
}

/** Any value of a kind, its ends often. */
export function randomCell({ below }: Dice, kind: FieldKind): number | string {
  if (kind === 'str') return below(3) === 0 ? '' : `t${below(1000)}ü`;
  const bits = BITS[kind]!;
  const signed = kind.startsWith('i');
  const [low, high] = signed ? [kind === 'i53' ? -(2 ** 53) + 1 : -(2 ** (bits - 1)), kind === 'i53' ? 2 ** 53 - 1 : 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  switch (below(5)) {
    case 0: return low;
    case 1: return high;
    case 2: return 0;
    default: return Math.min(high, Math.max(low, below(100) - (signed ? 50 : 0)));
  }
}

/** Entities that each have some of the components. */
export function randomImage(dice: Dice, layout: Layout, entities: number): WorldImage {
  return {
    slot: 3, layout: 'random',
    tables: layout.components.map(({ name, fields }): TableImage => {
      const holders = Array.from({ length: entities }, (_, n) => 1_048_577 + n).filter(() => dice.below(3) > 0);
      const columns = fields.flatMap(({ name: field, type, length }) =>
        Array.from({ length }, (_, n) => ({ name: length === 1 ? field : `${field}#${n}`, kind: type })));
      const data: Cells[] = columns.map(({ kind }) => holders.map(() => randomCell(dice, kind)));
      return { name, rows: holders.length, stamps: holders.length > 0 ? [1] : [], columns: [{ name: '$entity', kind: 'eid' }, ...columns], data: [holders, ...data] };
    }),
  };
}
