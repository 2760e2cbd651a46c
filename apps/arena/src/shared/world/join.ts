import { add, addEntity, rows, type Entity, type World } from '@beamline/ecs';
import { refuse, textTag, type Action } from '@beamline/kernel';
import { stow } from './bag.ts';
import { Bag, Equipment, Health, Player, Purse } from './components.ts';
import { payOut } from './gold.ts';
import { place } from './map.ts';
import { isName, playerOf } from './player.ts';

const MAX_PLAYERS = 5000;
const START_GOLD = 200;

/** Join{name}: makes the sender a player. `prepare` adds what this version's players have besides. */
export function joinWith(prepare: (world: World, player: Entity) => void): Action {
  return (world, message) => {
    const name = textTag(message, 'name', 4096);
    if (!isName(name)) return refuse('arena/bad-name', 'A name has 1 to 24 letters, digits, spaces or -_.\'');
    if (playerOf(world, message) !== 0) return refuse('arena/already-joined', 'This address plays already');
    const number = rows(world, Player);
    if (number >= MAX_PLAYERS) return refuse('arena/full', 'The arena is full; come back later');
    const player = addEntity(world);
    add(world, player, Player, { address: message.from, name });
    add(world, player, Health, { hp: 100, max: 100 });
    add(world, player, Purse);
    add(world, player, Bag);
    add(world, player, Equipment);
    prepare(world, player);
    place(world, player);
    payOut(world, player, START_GOLD);
    // Four of eight starter goods, so that newcomers have something to sell to each other.
    for (let i = 0; i < 4; i++) stow(world, player, 1 + ((number + i) % 8), 10);
    return `player ${player}`;
  };
}
