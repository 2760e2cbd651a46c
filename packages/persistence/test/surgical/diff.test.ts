import { describe, expect, it } from '@jest/globals';
import { add, addEntity, begin, commit, component, i32, layoutHash, layoutOf, removeEntity, set, type World } from '@beamline/ecs';
import {
  addField, createMemoryStore, diffSummary, diffWorlds, imageSides, migration, renameField, sidesOf, tableNamed, writeImage,
  type SnapshotStore, type WorldChange, type WorldImage,
} from '../../src/index.ts';
import { Bag, exported, Guild, guildWorld, imageOf, Item, layout, Player, Position, PROCESS } from './guild-world.ts';
import { importEntities } from '../../src/index.ts';
import { createDice } from '../migration/random-world.ts';

const changes = async (a: WorldImage, b: WorldImage, options = {}): Promise<WorldChange[]> => {
  const found: WorldChange[] = [];
  for await (const change of diffWorlds(...imageSides(a, b), options)) found.push(change);
  return found;
};
function played(change: (world: World, game: ReturnType<typeof guildWorld>) => void, count = 6): [WorldImage, WorldImage, ReturnType<typeof guildWorld>] {
  const game = guildWorld({ count });
  const before = imageOf(game);
  begin(game.world);
  game.world.slot = 20;
  change(game.world, game);
  commit(game.world);
  return [before, imageOf(game, 20), game];
}

describe('the diff of two worlds', () => {
  it('is empty for the same state', async () => {
    const [before, after] = played(() => undefined);
    expect(await changes(before, after)).toEqual([]);
    expect(await diffSummary(...imageSides(before, after))).toEqual({});
  });

  it('names values by entity and field, before and after', async () => {
    const [before, after, { players }] = played((world, { players: [ann] }) => set(world, ann!, Position, 'x', 7));
    expect(await changes(before, after)).toEqual([{ table: 'Position', what: 'changed', entity: players[0], fields: { x: { from: 0, to: 7 } } }]);
    expect(await diffSummary(...imageSides(before, after))).toEqual({ Position: { added: 0, removed: 0, changed: 1, pages: { differing: 1, equal: 0 } } });
  });

  it('finds who came and who went, whatever rows moved', async () => {
    let made = 0;
    const [before, after, { players }] = played((world, { players: [ann] }) => {
      removeEntity(world, ann!); // the last row takes the place of hers
      made = addEntity(world);
      add(world, made, Position, { x: 1, y: 2 });
    });
    const found = await changes(before, after);
    const about = (entity: number) => found.filter((change) => change.entity === entity).map(({ table, what }) => `${what} ${table}`);
    expect(about(players[0]!)).toEqual(['removed $entities', 'removed Player', 'removed Position', 'removed Bag']);
    expect(about(made)).toEqual(['added $entities', 'added Position']);
    expect(found.filter(({ entity }) => entity !== players[0] && entity !== made && entity !== undefined)).toEqual([]);
    expect(found.find(({ table, what }) => table === 'Position' && what === 'added')!.fields).toEqual({ x: { to: 1 }, y: { to: 2 } });
    expect(found.find(({ table, what }) => table === 'Player' && what === 'removed')!.fields).toMatchObject({ name: { from: 'p0' } });
  });

  it('shows the kernel’s tables by row', async () => {
    const { world } = guildWorld({ count: 2, lineage: 'L7' });
    const before = imageOf({ world });
    const { image: after } = importEntities({ image: before, layout, game: 'guilds', role: 'world' }, exported(imageOf(guildWorld()), { with: ['Guild'] }).file);
    expect((await changes(before, after, { tables: ['$senders', '$world'] }))).toEqual([
      { table: '$senders', what: 'added', row: 0, fields: { key: { to: expect.stringMatching(/^import\//) }, high: { to: 1 }, floor: { to: 0 }, applied: { to: 0 } } },
      { table: '$world', what: 'changed', row: 0, fields: { alive: { from: 8, to: expect.any(Number) } } },
    ]);
  });

  it('can be asked for a table or an entity', async () => {
    const [before, after, { players }] = played((world, { players: all }) => all.forEach((player, n) => {
      set(world, player, Position, 'x', -n - 1);
      set(world, player, Player, 'guild', 0);
    }));
    expect((await changes(before, after, { tables: ['Position'] })).map(({ table }) => table)).toEqual(players.map(() => 'Position'));
    expect((await changes(before, after, { entity: players[2] })).map(({ table, entity }) => [table, entity])).toEqual([['Player', players[2]], ['Position', players[2]]]);
    await expect(changes(before, after, { tables: ['Hat'] })).rejects.toMatchObject({ code: 'persistence/bad-selection' });
  });

  it('leads from one world to the other: every change is there, and none that is not', async () => {
    const dice = createDice(11);
    for (let round = 0; round < 6; round += 1) {
      const [before, after] = played((world, { players }) => {
        for (const player of players) {
          if (dice.below(3) === 0) set(world, player, Position, 'x', dice.below(50));
          if (dice.below(9) === 0) removeEntity(world, player);
        }
        for (let n = 0; n < dice.below(40); n += 1) add(world, addEntity(world), Position, { x: n, y: dice.below(3) });
      }, 1500);
      const rows = (image: WorldImage) => {
        const { data } = tableNamed(image, 'Position')!;
        return new Map((data[0] as number[]).map((entity, row) => [entity, { x: data[1]![row]!, y: data[2]![row]! }]));
      };
      const patched = rows(before);
      for (const { what, entity, fields } of await changes(before, after, { tables: ['Position'] })) {
        if (what === 'removed') expect(patched.delete(entity!)).toBe(true);
        else {
          expect(patched.has(entity!)).toBe(what === 'changed');
          const row = patched.get(entity!) ?? { x: 0, y: 0 };
          for (const [field, { to }] of Object.entries(fields)) row[field as 'x'] = to!;
          patched.set(entity!, row);
        }
      }
      expect(new Map([...patched].sort())).toEqual(new Map([...rows(after)].sort()));
    }
  });
});

describe('the diff of two snapshots', () => {
  /** A store that counts what is read from it. */
  function counting(): { store: SnapshotStore; reads: string[] } {
    const reads: string[] = [];
    const memory = createMemoryStore();
    return { reads, store: { ...memory, getPage: (id) => { reads.push(id); return memory.getPage(id); } } };
  }
  const put = async (store: SnapshotStore, image: WorldImage) => (await writeImage({ store, image, game: 'guilds', role: 'world', process: PROCESS })).ref;

  it('never reads pages that both have', async () => {
    const { store, reads } = counting();
    const [before, after, { players }] = played((world, { players: all }) => set(world, all[2000]!, Position, 'x', -1), 3000);
    const sides = await sidesOf({ store, from: await put(store, before), to: await put(store, after) });
    reads.length = 0;
    const found: WorldChange[] = [];
    for await (const change of diffWorlds(...sides)) found.push(change);
    expect(found).toMatchObject([{ table: 'Position', entity: players[2000], fields: { x: { from: 20_000, to: -1 } } }]);
    expect(reads).toHaveLength(2);
    const summary = await diffSummary(...sides);
    expect(summary).toEqual({ Position: { added: 0, removed: 0, changed: 1, pages: { differing: 1, equal: 2 } } });
  });

  it('goes across a layout change through the migration', async () => {
    const store = createMemoryStore();
    const [before, after, { players }] = played((world, { players: [ann] }) => set(world, ann!, Position, 'x', 42));
    const Place = component('Position', { east: i32, y: i32, z: i32 });
    const to = layoutOf([Player, Place, Bag, Item, Guild]);
    const chain = [migration({ id: 1, name: 'east', from: { role: 'world' }, steps: [renameField(Position, 'x', 'east'), addField(Position, 'z', i32, 9)] })];
    const { migrateImage } = await import('../../src/index.ts');
    const later = migrateImage(after, chain, to);
    const refs = { store, from: await put(store, before), to: await put(store, later) };
    const found: WorldChange[] = [];
    for await (const change of diffWorlds(...await sidesOf({ ...refs, migrate: { migrations: chain, to } }))) found.push(change);
    expect(found).toEqual([{ table: 'Position', what: 'changed', entity: players[0], fields: { east: { from: 0, to: 42 } } }]);
    expect(later.layout).toBe(layoutHash(to));
    await expect(diffSummary(...await sidesOf(refs))).rejects.toMatchObject({ code: 'persistence/layout-mismatch' });
  });

  it('names a damaged page, and only if it needs it', async () => {
    const store = createMemoryStore();
    const [before, after] = played((world, { players: [ann] }) => set(world, ann!, Position, 'x', 42));
    const sides = await sidesOf({ store: { ...store, getPage: store.getPage.bind(store) }, from: await put(store, before), to: await put(store, after) });
    const broken = sides.map((side) => ({ ...side, tables: side.tables.map((table) => ({ ...table, page: () => Promise.reject(Object.assign(new Error('damaged'), { table: table.name })) })) }));
    await expect(diffSummary(broken[0]!, broken[1]!)).rejects.toMatchObject({ table: 'Position' });
    expect(await diffSummary(broken[0]!, broken[1]!, { tables: ['Player'] })).toEqual({});
  });
});
