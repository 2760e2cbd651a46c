import { add, addEntity, find, get, idiv, remove, set, tickOf, type Entity, type World } from '@beamline/ecs';
import { intTag, refuse, textTag, type Action } from '@beamline/kernel';
import { stow } from './bag.ts';
import { Equipment, Fallen, Heading, Health, Loot, Player, Position, Purse } from './components.ts';
import { payOut } from './gold.ts';
import { ITEMS, powerOf } from './items.ts';

const DOWN_TICKS = 40;
const PILE_TICKS = 2400;

/**
 * Spoils{player, gold, xp, wounds, item}, from a battle: how a fight ended. `award` books experience as this version
 * keeps it.
 */
export function spoilsWith(award: (world: World, player: Entity, xp: number) => void): Action {
  return (world, message) => {
    if (message.link.indexOf('battle') !== 0) return refuse('arena/not-a-battle', 'Only battles send spoils');
    const gold = intTag(message, 'gold', 0, 100000);
    const xp = intTag(message, 'xp', 0, 100000);
    const wounds = intTag(message, 'wounds', 0, 60000);
    const item = intTag(message, 'item', 0, ITEMS);
    const player = find(world, Player, 'address', textTag(message, 'player', 64));
    if (player === 0) return refuse('arena/unknown-player', 'Join the world before fighting for it');
    payOut(world, player, gold);
    if (xp > 0) award(world, player, xp);
    if (item !== 0) stow(world, player, item, 1);
    wound(world, player, wounds);
    return `hp ${get(world, player, Health, 'hp')}`;
  };
}

function wound(world: World, player: Entity, wounds: number): void {
  const armour = get(world, player, Equipment, 'armour');
  const spared = armour === 0 ? 0 : powerOf(armour);
  const felt = wounds > spared ? wounds - spared : 0;
  const hp = get(world, player, Health, 'hp');
  set(world, player, Health, 'hp', hp > felt ? hp - felt : 0);
  if (hp > 0 && hp <= felt) fall(world, player);
}

function fall(world: World, player: Entity): void {
  const gold = get(world, player, Purse, 'gold');
  const dropped = idiv(gold, 10);
  set(world, player, Purse, 'gold', gold - dropped);
  remove(world, player, Heading);
  add(world, player, Fallen, { until: tickOf(world) + DOWN_TICKS });
  const pile = addEntity(world);
  add(world, pile, Position, { x: get(world, player, Position, 'x'), y: get(world, player, Position, 'y') });
  add(world, pile, Loot, { gold: dropped, until: tickOf(world) + PILE_TICKS });
}
