import { add } from '@beamline/ecs';
import { intTag, type Action } from '@beamline/kernel';
import { Heading } from './components.ts';
import { MAP_SIZE } from './map.ts';
import { hindrance, playerOf } from './player.ts';

/** Move{x, y}: sets out for a cell; the movement system walks there. */
export const move: Action = (world, message) => {
  const x = intTag(message, 'x', 0, MAP_SIZE - 1);
  const y = intTag(message, 'y', 0, MAP_SIZE - 1);
  const player = playerOf(world, message);
  const reason = hindrance(world, player);
  if (reason !== undefined) return reason;
  add(world, player, Heading, { x, y });
  return `heading ${x},${y}`;
};
