import { get, type Entity, type World } from '@beamline/ecs';
import { refuse, type Action } from '@beamline/kernel';
import { Health, Position, Purse } from './components.ts';
import { playerOf } from './player.ts';

/** Look: what the sender's player is, `x=… y=… hp=… gold=…`, then what `more` adds. Changes nothing. */
export function lookWith(more: (world: World, player: Entity) => string): Action {
  return (world, message) => {
    const player = playerOf(world, message);
    if (player === 0) return refuse('arena/not-joined', 'Send Join with a name first');
    const x = get(world, player, Position, 'x');
    const y = get(world, player, Position, 'y');
    const hp = get(world, player, Health, 'hp');
    const gold = get(world, player, Purse, 'gold');
    return `x=${x} y=${y} hp=${hp} gold=${gold} ${more(world, player)}`;
  };
}
