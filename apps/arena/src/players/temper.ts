import type { Address } from '@beamline/core';
import type { Intent } from './deliver.ts';

export type Venue = 'world' | 'battle' | 'market';

/** What a player decides to do next, and where. */
export interface Wish {
  venue: Venue;
  intent: Intent;
}

/** A player's mind: the same number and seed wish for the same things in the same order. */
export interface Temper {
  /** Until it succeeded once, a player only wants to join. */
  joined: boolean;
  next(): Wish;
}

/** Wishes: half moving about, a fifth fighting, a quarter trading, the rest looking after itself. */
export function createTemper({ number, seed, others }: { number: number; seed: number; others: readonly Address[] }): Temper {
  const roll = dice(seed * 65_537 + number);
  // Neighbours deal in the same eight goods at prices that overlap, so that orders meet.
  const order = () => ({ item: 1 + roll(8), count: 1 + roll(3), price: 5 + roll(20) });
  const wish = (venue: Venue, action: string, tags: Intent['tags'] = {}): Wish => ({ venue, intent: { action, tags } });

  return {
    joined: false,
    next() {
      if (!this.joined) return wish('world', 'Join', { name: `Player ${number}` });
      const dice = roll(100);
      if (dice < 50) return wish('world', 'Move', { x: roll(1000), y: roll(1000) });
      if (dice < 70) return wish('battle', 'Fight', { monster: 1 + roll(60) });
      if (dice < 82) return wish('market', 'Offer', order());
      if (dice < 94) return wish('market', 'Bid', order());
      if (dice < 96) return wish('world', 'Gather');
      if (dice < 98) return wish('world', 'Equip', { slot: roll(8) });
      return wish('world', 'Give', { to: others[roll(others.length)]!, gold: 1 + roll(20) });
    },
  };
}

/** Mulberry32. */
function dice(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}
