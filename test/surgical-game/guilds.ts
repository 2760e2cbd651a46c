import { add, addEntity, component, eid, find, get, removeEntity, set, str, u32, type World } from '@beamline/ecs';
import { defineRole, intTag, refuse, type Message, type Reply } from '@beamline/kernel';

export const Player = /*#__PURE__*/ component('Player', { address: str, gold: u32, sword: eid });
export const Sword = /*#__PURE__*/ component('Sword', { power: u32, owner: eid });

function join(world: World, message: Message): Reply {
  if (find(world, Player, 'address', message.from) !== 0) return refuse('guilds/already-joined', 'You are here');
  const player = addEntity(world);
  const sword = addEntity(world);
  add(world, player, Player, { address: message.from, gold: 10, sword });
  add(world, sword, Sword, { power: 5, owner: player });
  return `${player}`;
}

function own(world: World, message: Message): number {
  const player = find(world, Player, 'address', message.from);
  if (player === 0) throw 'guilds/stranger: join first';
  return player;
}

function earn(world: World, message: Message): Reply {
  const player = own(world, message);
  set(world, player, Player, 'gold', get(world, player, Player, 'gold') + intTag(message, 'by', 0, 1000));
  return `${get(world, player, Player, 'gold')}`;
}

function lose(world: World, message: Message): Reply {
  const player = own(world, message);
  removeEntity(world, get(world, player, Player, 'sword'));
  set(world, player, Player, 'sword', 0);
  set(world, player, Player, 'gold', 0);
  return 'gone';
}

function look(world: World, message: Message): Reply {
  const player = own(world, message);
  const sword = get(world, player, Player, 'sword');
  return `${get(world, player, Player, 'gold')} ${sword === 0 ? 'unarmed' : get(world, sword, Sword, 'power')}`;
}

/** Players with gold and a sword each, who can lose both. */
export default defineRole({ name: 'world', components: [Player, Sword], actions: { Join: join, Earn: earn, Lose: lose, Look: look } });
