import { add, addEntity, component, find, get, set, str, u32, type World } from '@beamline/ecs';
import { intTag, type Message, type Reply } from '@beamline/kernel';

export const Score = /*#__PURE__*/ component('Score', { player: str, points: u32 });

/** Adds `points` to the sender's score and answers with the sum. */
export function score(factor: number): (world: World, message: Message) => Reply {
  return (world, message) => {
    const points = intTag(message, 'points', 1, 1000) * factor;
    let player = find(world, Score, 'player', message.from);
    if (player === 0) {
      player = addEntity(world);
      add(world, player, Score, { player: message.from });
    }
    const sum = (get(world, player, Score, 'points') as number) + points;
    set(world, player, Score, 'points', sum);
    return `${sum}`;
  };
}
