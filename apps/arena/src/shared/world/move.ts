import { add } from '@beamline/ecs';
import { intTag } from '@beamline/kernel';
import { Heading } from './components.ts';
import { MAP_SIZE } from './map.ts';
import { asPlayer } from './player.ts';

/** Move{x, y}: sets out for a cell; the movement system walks there. */
export const move = /*#__PURE__*/ asPlayer((world, player, message) => {
  const x = intTag(message, 'x', 0, MAP_SIZE - 1);
  const y = intTag(message, 'y', 0, MAP_SIZE - 1);
  add(world, player, Heading, { x, y });
  return `heading ${x},${y}`;
});
