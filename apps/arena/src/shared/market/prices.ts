import prices from '../../data/item-price.json' with { type: 'json' };

/** What an item is worth when nobody has traded it yet. Items are numbered 1 … 1000. */
export function listPrice(item: number): number {
  return prices[item - 1]!;
}
