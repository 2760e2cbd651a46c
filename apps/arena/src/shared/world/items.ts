import kinds from '../../data/item-kind.json' with { type: 'json' };
import powers from '../../data/item-power.json' with { type: 'json' };

export const ITEMS = 1000;
export const WEAPON = 0;
export const ARMOUR = 1;
export const POTION = 2;

/** Items are numbered 1 … 1000. */
export function kindOf(item: number): number {
  return kinds[item - 1]!;
}

/** 1 … 9. A potion heals ten times as much; armour spares as much. */
export function powerOf(item: number): number {
  return powers[item - 1]!;
}
