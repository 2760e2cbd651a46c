// node apps/arena/tools/make-data.ts: writes src/data, always the same. One flat array per file, so that a role carries
// only the columns it imports, and no process ever holds a table per item.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SEED = 20_260_214;
const ITEMS = 1_000;
const MONSTERS = 200;

/** Item kinds, by number. */
const KINDS = ['weapon', 'armour', 'potion', 'trinket'] as const;
const MAKES = ['Worn', 'Plain', 'Bronze', 'Iron', 'Steel', 'Silver', 'Runed', 'Gilded', 'Frost', 'Ember'];
const NOUNS = {
  weapon: ['Dagger', 'Club', 'Spear', 'Axe', 'Sword', 'Bow', 'Staff'],
  armour: ['Cap', 'Vest', 'Shield', 'Mail', 'Greaves', 'Cloak'],
  potion: ['Draught', 'Tonic', 'Salve', 'Elixir'],
  trinket: ['Ring', 'Amulet', 'Idol', 'Lantern', 'Coin'],
} as const;
const TEMPERS = ['Sullen', 'Hungry', 'Ashen', 'Feral', 'Elder', 'Blind', 'Horned', 'Pale', 'Burning', 'Restless'];
const BEASTS = ['Rat', 'Wolf', 'Bandit', 'Ghoul', 'Boar', 'Harpy', 'Golem', 'Wraith', 'Ogre', 'Drake'];

export type Table = readonly (number | string)[];

/** Every file by name, row i of one table belonging to row i of its sisters. Item and monster numbers count from 1. */
export function makeData(): Record<string, Table> {
  const roll = dice(SEED);
  const kind = Array.from({ length: ITEMS }, () => roll(KINDS.length));
  const power = Array.from({ length: ITEMS }, (_, i) => Math.min(9, 1 + roll(3) + Math.floor(i / 140)));
  const price = power.map((points, i) => 5 + points * points + Math.floor(i / 10) + roll(20) + (kind[i] === 3 ? 50 : 0));
  const itemName = kind.map((k, i) => {
    const nouns = NOUNS[KINDS[k]!];
    return `${MAKES[Math.floor(i / 100)]!} ${nouns[roll(nouns.length)]!} ${i + 1}`;
  });
  const strength = Array.from({ length: MONSTERS }, (_, i) => 2 + roll(4) + Math.floor(i / 10));
  return {
    'item-kind': kind,
    'item-power': power,
    'item-price': price,
    'item-name': itemName,
    'monster-hp': strength.map((points) => 10 + points * 3 + roll(8)),
    'monster-power': strength,
    'monster-gold': strength.map((points) => 3 + points * 2 + roll(5)),
    'monster-xp': strength.map((points) => 5 + points * points),
    'monster-name': strength.map((_, i) => `${TEMPERS[roll(10)]!} ${BEASTS[Math.floor(i / 20)]!} ${i + 1}`),
  };
}

/** Mulberry32: `roll(n)` gives 0 … n-1. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** JSON that diffs by lines of twenty. */
export function tableText(table: Table): string {
  const lines = Array.from({ length: Math.ceil(table.length / 20) }, (_, i) =>
    table.slice(i * 20, i * 20 + 20).map((value) => JSON.stringify(value)).join(', '));
  return `[\n  ${lines.join(',\n  ')}\n]\n`;
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '../src/data');
  for (const [name, table] of Object.entries(makeData())) writeFileSync(join(folder, `${name}.json`), tableText(table));
}
