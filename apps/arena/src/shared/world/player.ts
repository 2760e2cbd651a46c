import { find, has, type Entity, type World } from '@beamline/ecs';
import { refuse, type Action, type Message, type Reply } from '@beamline/kernel';
import { Fallen, Player } from './components.ts';

/** The sender's player, or 0. */
export function playerOf(world: World, message: Message): Entity {
  return find(world, Player, 'address', message.from);
}

/** An action for those who play and are on their feet; others are told why not. */
export function asPlayer(act: (world: World, player: Entity, message: Message) => Reply): Action {
  return (world, message) => {
    const player = playerOf(world, message);
    if (player === 0) return refuse('arena/not-joined', 'Send Join with a name first');
    if (has(world, player, Fallen)) return refuse('arena/fallen', 'You are down; you get up again in a few seconds');
    return act(world, player, message);
  };
}

/** Letters, digits, spaces and `-_.'`, at most 24: what every client can show. */
export function isName(text: string): boolean {
  if (text === '') return false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const plain = (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57);
    if (!plain && unit !== 32 && unit !== 39 && unit !== 45 && unit !== 46 && unit !== 95) return false;
  }
  return text.length <= 24;
}
