import {
  add, addEntity, appendRow, attachTable, begin, column, commit, createWorld, find, findRow, get, has, idiv, isAlive, mod, query, random,
  randomInt, remove, removeEntity, removeRow, rollback, rows, set, setAt, setCell, setNow, setTick, u32Add, u32And, u32Mul,
  u32Or, u32Shl, u32Shr, u32Sub, u32Xor, type Entity, type Table, type World,
} from '@beamline/ecs';
import { Bag, components, Health, Motion, Name, Position } from './components.ts';

// Text of every kind that travels: separators, escapes, two-, three- and four-byte UTF-8.
const texts = ['', 'a', 'Ada Lovelace', 'x,y;z|%41', 'caf\u00e9', '\u65e5\u672c', '\ud83d\ude80 go', 'tab\there', '~-._'];

/** A world under random operations. The dice are not the world's own, so that rolling back does not repeat them. */
export interface Drill {
  readonly world: World;
  readonly ledger: Table;
  readonly entities: Entity[];
  count: number;
  dice: number;
  /** Folds everything that was read. */
  seen: number;
}

export function createDrill(seed: number): Drill {
  const world = createWorld(components, { seed });
  const ledger = attachTable(world, '$ledger', [{ name: 'who', kind: 'str' }, { name: 'sum', kind: 'i53' }]);
  return { world, ledger, entities: [], count: 0, dice: u32Add(seed, 1), seen: 1 };
}

/** Mulberry32, by the exact integer helpers under test. */
function roll(drill: Drill, n: number): number {
  drill.dice = u32Add(drill.dice, 0x6d2b79f5);
  let t = drill.dice;
  t = u32Mul(u32Xor(t, u32Shr(t, 15)), u32Or(t, 1));
  t = u32Xor(t, u32Add(t, u32Mul(u32Xor(t, u32Shr(t, 7)), u32Or(t, 61))));
  return mod(u32Xor(t, u32Shr(t, 14)), n);
}

function see(drill: Drill, value: number): void {
  drill.seen = u32Add(u32Mul(drill.seen, 16777619), mod(value, 4294967296));
}

function anyEntity(drill: Drill): Entity {
  return drill.count === 0 ? 0 : drill.entities[roll(drill, drill.count)]!;
}

function spawn(drill: Drill): void {
  const { world } = drill;
  const entity = addEntity(world);
  drill.entities[drill.count] = entity;
  drill.count = drill.count + 1;
  add(world, entity, Position, { x: roll(drill, 2000) - 1000, y: roll(drill, 2000) - 1000 });
  if (roll(drill, 2) === 0) add(world, entity, Health, { hp: 100, max: 65535, shield: -5 });
  if (roll(drill, 3) === 0) add(world, entity, Name, { text: texts[roll(drill, 9)]!, tags: [texts[roll(drill, 9)]!] });
}

function kill(drill: Drill): void {
  const entity = anyEntity(drill);
  if (isAlive(drill.world, entity)) removeEntity(drill.world, entity);
}

function enrich(drill: Drill): void {
  const { world } = drill;
  const entity = anyEntity(drill);
  if (!isAlive(world, entity)) return;
  const gold = roll(drill, 4294967296) * 2097151 - 4503599627370496;
  add(world, entity, Bag, { gold, slots: [roll(drill, 5), 4294967295], owner: anyEntity(drill) });
  add(world, entity, Motion, { speed: roll(drill, 131072) - 65536, turn: roll(drill, 256) - 128 });
}

function strip(drill: Drill): void {
  const { world } = drill;
  const entity = anyEntity(drill);
  if (!isAlive(world, entity)) return;
  remove(world, entity, components[roll(drill, 5)]!);
}

function write(drill: Drill): void {
  const { world } = drill;
  const entity = anyEntity(drill);
  if (has(world, entity, Health)) set(world, entity, Health, 'poisoned', roll(drill, 2));
  if (has(world, entity, Bag)) set(world, entity, Bag, 'slots', roll(drill, 1000), roll(drill, 4));
  if (has(world, entity, Name)) set(world, entity, Name, 'tags', texts[roll(drill, 9)]!, roll(drill, 2));
  if (has(world, entity, Position)) see(drill, get(world, entity, Position, 'x'));
}

function sweep(drill: Drill): void {
  const { world } = drill;
  for (const entity of query(world, [Position, Health], [Bag])) see(drill, entity);
  const xs = column(world, Position, 'x');
  const total = rows(world, Position);
  for (let row = 0; row < total; row++) if (roll(drill, 8) === 0) setAt(world, Position, row, 'x', xs[row]! + 1);
}

function search(drill: Drill): void {
  const { world, ledger } = drill;
  see(drill, find(world, Name, 'text', texts[roll(drill, 9)]!));
  see(drill, find(world, Position, 'y', roll(drill, 2000) - 1000));
  see(drill, findRow(ledger, 0, `p${roll(drill, 40)}`) + 1);
}

function book(drill: Drill): void {
  const { ledger } = drill;
  const who = `p${roll(drill, 40)}`;
  const row = findRow(ledger, 0, who);
  if (row < 0) appendRow(ledger, [who, -1]);
  else if (roll(drill, 6) === 0) removeRow(ledger, row);
  else setCell(ledger, row, 1, roll(drill, 4294967296) * -1000);
}

function calculate(drill: Drill): void {
  const { world } = drill;
  const a = random(world);
  const b = randomInt(world, 1 + roll(drill, 1000));
  see(drill, u32Sub(b, a));
  see(drill, u32And(a, u32Shl(b, roll(drill, 32))));
  see(drill, idiv(b - 500, 7) + mod(b - 500, 7) + idiv(a, 3));
  setNow(world, 1700000000000 + a);
  setTick(world, b);
}

/** One random operation, outside any transaction of its own. */
export function step(drill: Drill): void {
  const dice = roll(drill, 100);
  if (dice < 25) spawn(drill);
  else if (dice < 35) kill(drill);
  else if (dice < 50) enrich(drill);
  else if (dice < 58) strip(drill);
  else if (dice < 78) write(drill);
  else if (dice < 79) sweep(drill);
  else if (dice < 86) search(drill);
  else if (dice < 94) book(drill);
  else calculate(drill);
}

/** Does `count` operations, each a slot, in transactions of which a quarter is rolled back. */
export function operate(drill: Drill, count: number): void {
  const { world } = drill;
  let done = 0;
  while (done < count) {
    const size = 1 + roll(drill, 6);
    begin(world);
    for (let i = 0; i < size && done < count; i++) {
      world.slot = world.slot + 1;
      step(drill);
      done = done + 1;
    }
    if (roll(drill, 4) === 0) rollback(world);
    else commit(world);
  }
}
