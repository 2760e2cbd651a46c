import { add, addEntity, column, component, find, get, i32, idiv, rows, set, setAt, str, system, u16, u32, type System, type World } from '@beamline/ecs';
import { intTag, refuse, send, textTag, type Message, type Reply } from '@beamline/kernel';

export const Player = /*#__PURE__*/ component('Player', { name: str, x: i32, gold: u32, food: u16 });
export const Well = /*#__PURE__*/ component('Well', { depth: u16 });

type Action = (world: World, message: Message) => Reply;
const who = (world: World, { from }: Message): number => find(world, Player, 'name', from);

/** Everybody eats, and looks for crumbs so many times. */
export function hunger(times: number): System {
  return system({
    name: 'hunger', reads: [Player], writes: [Player],
    run: (world) => {
      const food = column(world, Player, 'food');
      for (let row = 0; row < rows(world, Player); row++) {
        let crumbs = 0;
        for (let n = 0; n < times; n++) crumbs = crumbs + 1;
        if (food[row]! > 0 && crumbs > 0) setAt(world, Player, row, 'food', food[row]! - 1);
      }
    },
  });
}

export function join(world: World, message: Message): Reply {
  if (who(world, message) !== 0) return refuse('game/here', 'You are here');
  add(world, addEntity(world), Player, { name: message.from, gold: 10, food: 5000 });
  return 'joined';
}

export function walk(steps: number): Action {
  return (world, message) => {
    const player = who(world, message);
    if (player === 0) return refuse('game/stranger', 'Join first');
    set(world, player, Player, 'x', get(world, player, Player, 'x') + intTag(message, 'by', -100, 100) * steps);
    return 'walked';
  };
}

export function look(more: number): Action {
  return (world, message) => {
    const player = who(world, message);
    return `{"x":${get(world, player, Player, 'x')},"purse":{"gold":${get(world, player, Player, 'gold') + more}}}`;
  };
}

export function give(fee: number): Action {
  return (world, message) => {
    const player = who(world, message);
    const gold = intTag(message, 'gold', 1, 5);
    if (get(world, player, Player, 'gold') < gold) return refuse('game/poor', 'Not enough gold');
    set(world, player, Player, 'gold', get(world, player, Player, 'gold') - gold);
    send({ to: textTag(message, 'to', 64), action: 'Gift', data: `{"gold":${gold - fee}}` });
    if (fee > 0) send({ to: textTag(message, 'to', 64), action: 'Fee', data: `${fee}` });
    return 'given';
  };
}

/** Each a bit deeper; at the depth that is too deep the spade breaks. */
export function dig(tooDeep: number): Action {
  return (world) => {
    if (rows(world, Well) === 0) add(world, addEntity(world), Well, { depth: 0 });
    const depth = column(world, Well, 'depth')[0]! + 1;
    setAt(world, Well, 0, 'depth', depth);
    return `${idiv(1000, tooDeep - depth)}`;
  };
}

export const NEVER = 60_000;

