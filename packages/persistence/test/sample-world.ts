import {
  add, addEntity, appendRow, array, attachTable, begin, bool, commit, component, createWorld, fixed, i32, i53, loadPageText, afterLoad, resizeTable,
  pageCount, pageImageText, pageText, parsePage, remove, removeEntity, str, u16, u8,
  type Component, type Table, type World,
} from '@beamline/ecs';
import type { WorldImage } from '../src/index.ts';
import { pagesOf, tableOfPages } from '../src/world-image.ts';

export const Position = component('Position', { x: i32, y: i32 });
export const Vitals = component('Vitals', { hp: u16, mana: u16, boost: fixed(8), alive: bool });
export const Bag = component('Bag', { slots: array(u8, 3), owner: str });
export const Account = component('Account', { gold: i53 });

/** A world with rows in every table: entities made and removed, text outside ASCII, negative and large numbers. */
export function sampleWorld(components: readonly Component[] = [Position, Vitals, Bag, Account], entities = 40): World {
  const world = createWorld(components, { seed: 7 });
  const senders = attachTable(world, '$senders', [{ name: 'address', kind: 'str' }, { name: 'high', kind: 'i53' }]);
  begin(world);
  world.slot = 1;
  const has = (wanted: Component) => components.includes(wanted);
  for (let n = 0; n < entities; n += 1) {
    const entity = addEntity(world);
    if (has(Position)) add(world, entity, Position, { x: n * 1000 - 5000, y: -n });
    if (has(Vitals) && n % 2 === 0) add(world, entity, Vitals, { hp: 100 + n, mana: n, boost: n * 256 - 999, alive: n % 3 === 0 ? 1 : 0 });
    if (has(Bag) && n % 3 === 0) add(world, entity, Bag, { slots: [n % 256, 1, 2], owner: `player ${n}; „ü", %` });
    if (has(Account) && n % 5 === 0) add(world, entity, Account, { gold: n % 10 === 0 ? -(2 ** 52) : 2 ** 52 + n });
    if (n % 7 === 3) {
      if (has(Position)) remove(world, entity, Position);
      removeEntity(world, entity);
    }
  }
  appendRow(senders, ['addressé', 2 ** 40]);
  commit(world);
  return world;
}

/** The image of a live world in this process, through the same page texts that travel out of Lua. */
export function imageOfWorld(world: World, slot: number, layout = 'layout'): WorldImage {
  return { slot, layout, tables: world.tables.map((table) => imageOfTable(table)) };
}

function imageOfTable(table: Table): WorldImage['tables'][number] {
  const pages = Array.from({ length: pageCount(table) }, (_, n) => parsePage(table.columns, pageText(table, n)));
  return tableOfPages(table.name, table.columns, pages, table.stamps.slice(0, pages.length));
}

/** What a process does on restore: rows first, then every page's text, then derived state. */
export function loadImage(image: WorldImage, components: readonly Component[]): World {
  const world = createWorld(components);
  attachTable(world, '$senders', [{ name: 'address', kind: 'str' }, { name: 'high', kind: 'i53' }]);
  for (const table of image.tables) {
    const target = world.byName[table.name]!;
    resizeTable(target, table.rows);
    pagesOf(table).forEach((page, n) => loadPageText(target, n, pageImageText(table.columns, page)));
  }
  afterLoad(world);
  return world;
}
