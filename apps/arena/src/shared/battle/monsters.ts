import golds from '../../data/monster-gold.json' with { type: 'json' };
import hps from '../../data/monster-hp.json' with { type: 'json' };
import powers from '../../data/monster-power.json' with { type: 'json' };
import xps from '../../data/monster-xp.json' with { type: 'json' };

/** Monsters are numbered 1 … 200, the weak first. */
export const MONSTERS = 200;

export function hpOf(monster: number): number {
  return hps[monster - 1]!;
}

export function powerOf(monster: number): number {
  return powers[monster - 1]!;
}

export function goldOf(monster: number): number {
  return golds[monster - 1]!;
}

export function xpOf(monster: number): number {
  return xps[monster - 1]!;
}
