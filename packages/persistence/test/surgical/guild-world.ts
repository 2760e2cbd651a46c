import {
  add, addEntity, afterLoad, appendRow, array, attachTable, begin, columnsOf, commit, component, createWorld, eid, i32, layoutHash, layoutOf, loadPageText,
  pageImageText, resizeTable, str, u16, worldDigest, type World,
} from '@beamline/ecs';
import { exportEntities, imageDigest, type Follow, type Selection, type WorldImage } from '../../src/index.ts';
import { pagesOf } from '../../src/world-image.ts';
import { imageOfWorld } from '../sample-world.ts';

export const Player = component('Player', { name: str, guild: eid });
export const Position = component('Position', { x: i32, y: i32 });
export const Bag = component('Bag', { items: array(eid, 3) });
export const Item = component('Item', { kind: u16, owner: eid });
export const Guild = component('Guild', { name: str, leader: eid });
export const components = [Player, Position, Bag, Item, Guild];
export const layout = layoutOf(components);
export const PROCESS = 'p'.repeat(43);

function emptyWorld(lineage: string): World {
  const world = createWorld(components, { seed: 5 });
  const self = attachTable(world, '$kernel', columnsOf('lineage:str,ring:i53'));
  attachTable(world, '$senders', columnsOf('key:str,high:i53,floor:i53,applied:i53'));
  appendRow(self, [lineage, 0]);
  return world;
}

export interface GuildWorld {
  world: World;
  /** Handles. */
  players: number[];
  guilds: number[];
  items: number[];
}

/** Two guilds, `count` players in turns in each, two items per player; item 0 of each names its owner. */
export function guildWorld({ count = 6, lineage = 'L1', prefix = 'p' } = {}): GuildWorld {
  const world = emptyWorld(lineage);
  begin(world);
  world.slot = 1;
  const guilds = [0, 1].map(() => addEntity(world));
  const players: number[] = [];
  const items: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const player = addEntity(world);
    players.push(player);
    const own = [0, 1].map((k) => {
      const item = addEntity(world);
      add(world, item, Item, { kind: n * 10 + k, owner: player });
      return item;
    });
    items.push(...own);
    add(world, player, Player, { name: `${prefix}${n}`, guild: guilds[n % 2]! });
    add(world, player, Position, { x: n * 10, y: -n });
    add(world, player, Bag, { items: own });
  }
  guilds.forEach((guild, n) => add(world, guild, Guild, { name: `${prefix}g${n}`, leader: players[n] ?? 0 }));
  commit(world);
  return { world, players, guilds, items };
}

export const imageOf = ({ world }: { world: World }, slot = 10): WorldImage => imageOfWorld(world, slot, layoutHash(layout));

/** A process takes the image in: everything derived is rebuilt and checked, the digest is the one computed outside. */
export function lives(image: WorldImage): World {
  const world = emptyWorld('');
  for (const table of image.tables) {
    const target = world.byName[table.name]!;
    resizeTable(target, table.rows);
    pagesOf(table).forEach((page, n) => loadPageText(target, n, pageImageText(table.columns, page)));
  }
  afterLoad(world);
  if (worldDigest(world) !== imageDigest(image)) throw new Error('digests differ');
  return world;
}

export const exported = (image: WorldImage, selection: Selection, follow?: Follow) =>
  exportEntities({ image, layout, game: 'guilds', role: 'world', process: PROCESS, selection, ...(follow && { follow }) });
export const target = (image: WorldImage) => ({ image, layout, game: 'guilds', role: 'world' });
