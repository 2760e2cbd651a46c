import { add } from '@beamline/ecs';
import { intTag } from '@beamline/kernel';
import { Heading } from '../shared/world/components.ts';
import { MAP_SIZE } from '../shared/world/map.ts';
import { asPlayer } from '../shared/world/player.ts';

/** Move{x, y} of version 3. The mistake: x and y are exchanged. Nothing fails; only a test that moves and looks can tell. */
export const move = /*#__PURE__*/ asPlayer((world, player, message) => {
  const x = intTag(message, 'x', 0, MAP_SIZE - 1);
  const y = intTag(message, 'y', 0, MAP_SIZE - 1);
  add(world, player, Heading, { x: y, y: x });
  return `heading ${y},${x}`;
});
