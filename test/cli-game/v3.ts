import { add, addEntity, component, find, get, set, str, u8, type World } from '@beamline/ecs';
import { defineRole, intTag, type Message, type Reply } from '@beamline/kernel';

const Score = /*#__PURE__*/ component('Score', { player: str, points: u8 });

function score(world: World, message: Message): Reply {
  let player = find(world, Score, 'player', message.from);
  if (player === 0) {
    player = addEntity(world);
    add(world, player, Score, { player: message.from });
  }
  const sum = (get(world, player, Score, 'points') + intTag(message, 'points', 1, 1000)) % 256;
  set(world, player, Score, 'points', sum);
  return `${sum}`;
}

/** Scores in a byte: those who have more do not fit. */
export default defineRole({ name: 'board', components: [Score], actions: { Add: score } });
