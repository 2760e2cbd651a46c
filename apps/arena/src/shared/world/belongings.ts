import { get, query, removeEntity, set, type Entity, type World } from '@beamline/ecs';
import { intTag, refuse, type Reply } from '@beamline/kernel';
import { SLOTS, stow, take } from './bag.ts';
import { Bag, Equipment, Health, Loot, Position, Purse } from './components.ts';
import { ARMOUR, kindOf, POTION, powerOf, WEAPON } from './items.ts';
import { asPlayer } from './player.ts';

const REACH = 5;

/** Equip{slot}: wears what lies in a slot of the bag; what was worn goes back there. */
export const equip = /*#__PURE__*/ asPlayer((world, player, message) => {
  const slot = intTag(message, 'slot', 0, SLOTS - 1);
  const item = get(world, player, Bag, 'items', slot);
  if (item === 0) return refuse('arena/empty-slot', 'There is nothing in this slot');
  const kind = kindOf(item);
  if (kind !== WEAPON && kind !== ARMOUR) return refuse('arena/not-wearable', 'Only weapons and armour can be worn');
  const place = kind === WEAPON ? 'weapon' : 'armour';
  const worn = get(world, player, Equipment, place);
  take(world, player, item, 1);
  if (worn !== 0 && !stow(world, player, worn, 1)) return refuse('arena/bag-full', 'Make room in the bag first');
  set(world, player, Equipment, place, item);
  return `wearing ${item}`;
});

/** Drink{slot}: uses up one potion. */
export const drink = /*#__PURE__*/ asPlayer((world, player, message) => {
  const slot = intTag(message, 'slot', 0, SLOTS - 1);
  const item = get(world, player, Bag, 'items', slot);
  if (item === 0) return refuse('arena/empty-slot', 'There is nothing in this slot');
  if (kindOf(item) !== POTION) return refuse('arena/not-drinkable', 'This is no potion');
  take(world, player, item, 1);
  const max = get(world, player, Health, 'max');
  const healed = get(world, player, Health, 'hp') + 10 * powerOf(item);
  set(world, player, Health, 'hp', healed < max ? healed : max);
  return `hp ${get(world, player, Health, 'hp')}`;
});

/** Gather: takes the first pile within reach. */
export const gather = /*#__PURE__*/ asPlayer((world, player) => {
  const x = get(world, player, Position, 'x');
  const y = get(world, player, Position, 'y');
  for (const pile of query(world, [Loot, Position])) {
    const dx = get(world, pile, Position, 'x') - x;
    const dy = get(world, pile, Position, 'y') - y;
    if (dx * dx + dy * dy <= REACH * REACH) return pick(world, player, pile);
  }
  return refuse('arena/nothing-here', 'There is nothing within reach');
});

function pick(world: World, player: Entity, pile: Entity): Reply {
  const item = get(world, pile, Loot, 'item');
  if (item !== 0 && !stow(world, player, item, 1)) return refuse('arena/bag-full', 'Make room in the bag first');
  set(world, player, Purse, 'gold', get(world, player, Purse, 'gold') + get(world, pile, Loot, 'gold'));
  removeEntity(world, pile);
  return `item ${item}`;
}
