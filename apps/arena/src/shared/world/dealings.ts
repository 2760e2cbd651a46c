import { find, type Entity, type World } from '@beamline/ecs';
import { intTag, refuse, textTag, type Action } from '@beamline/kernel';
import { hasRoom, stow, take } from './bag.ts';
import { Player } from './components.ts';
import { payOver } from './gold.ts';
import { ITEMS } from './items.ts';
import { asPlayer } from './player.ts';

const MAX_GOLD = 1000000;

function playerAt(world: World, address: string): Entity {
  return find(world, Player, 'address', address);
}

/** Give{to, gold}: hands gold to another player. */
export const give = /*#__PURE__*/ asPlayer((world, player, message) => {
  const gold = intTag(message, 'gold', 1, MAX_GOLD);
  const to = playerAt(world, textTag(message, 'to', 64));
  if (to === 0 || to === player) return refuse('arena/unknown-player', 'Nobody else plays under this address');
  if (!payOver(world, player, to, gold)) return refuse('arena/too-poor', 'You have less gold than that');
  return `gave ${gold}`;
});

/** Trade{seller, buyer, item, count, gold}, from the market: goods and gold change hands, or nothing does. */
export const settle: Action = (world, message) => {
  if (message.link !== 'market') return refuse('arena/not-the-market', 'Trade through the market process');
  const item = intTag(message, 'item', 1, ITEMS);
  const count = intTag(message, 'count', 1, 1000);
  const gold = intTag(message, 'gold', 0, 4000000000);
  const seller = playerAt(world, textTag(message, 'seller', 64));
  const buyer = playerAt(world, textTag(message, 'buyer', 64));
  if (seller === 0 || buyer === 0 || seller === buyer) return refuse('arena/unknown-player', 'Both sides must play in this world');
  if (!hasRoom(world, buyer, item, count)) return refuse('arena/bag-full', 'The buyer has no room');
  if (!take(world, seller, item, count)) return refuse('arena/no-goods', 'The seller carries fewer than sold');
  if (!payOver(world, buyer, seller, gold)) return refuse('arena/too-poor', 'The buyer has less gold than bid');
  stow(world, buyer, item, count);
  return `settled ${count} of ${item} for ${gold}`;
};
