import { describe, expect, it } from '@jest/globals';
import { add, addEntity, begin, commit, entityCount, find, get, has, isAlive, remove, removeEntity, set } from '@beamline/ecs';
import { imageRoot, restoreEntities } from '../../src/index.ts';
import { Bag, Guild, guildWorld, imageOf, Item, lives, Player, Position } from './guild-world.ts';

const one = (name: string) => ({ where: [{ component: 'Player', field: 'name', is: name }] });

/** A world at slot 10, and what became of it. */
function griefed(change: (game: ReturnType<typeof guildWorld>) => void) {
  const game = guildWorld();
  const then = imageOf(game);
  begin(game.world);
  game.world.slot = 20;
  change(game);
  commit(game.world);
  return { ...game, then, now: imageOf(game, 20) };
}

describe('restoring one player', () => {
  it('puts back values, components that were taken and takes what was given; nobody else notices', () => {
    const { then, now, players } = griefed(({ world, players: [ann, bob], guilds }) => {
      set(world, ann!, Position, 'x', 999);
      set(world, bob!, Position, 'x', 555);
      remove(world, ann!, Bag);
      add(world, ann!, Guild, { name: 'cursed', leader: 0 });
      set(world, ann!, Player, 'guild', guilds[1]!);
    });
    const { image, preview } = restoreEntities({ now, then, selection: one('p0'), follow: { depth: 0 } });
    const world = lives(image);
    const [ann, bob] = players as [number, number];
    expect([get(world, ann, Position, 'x'), has(world, ann, Bag), has(world, ann, Guild)]).toEqual([0, true, false]);
    expect(get(world, bob, Position, 'x')).toBe(555);
    expect(preview).toMatchObject({ slot: 10, left: [], relinked: 0, cleared: 0, entities: [{ entity: ann, handle: ann, state: 'changed' }] });
    expect(preview.entities[0]!.fields).toEqual(expect.arrayContaining([
      { component: 'Position', field: 'x', from: 999, to: 0 }, { component: 'Guild', field: 'name', from: 'cursed' },
      { component: 'Bag', field: 'items#0', to: expect.any(Number) as unknown as number },
    ]));
  });

  it('brings removed entities back under their own handles, so that whoever names them still does', () => {
    const { then, now, players, items } = griefed(({ world, players: [ann], items: [sword] }) => {
      removeEntity(world, sword!);
      removeEntity(world, ann!);
    });
    const { image, preview } = restoreEntities({ now, then, selection: one('p0') });
    const world = lives(image);
    expect([isAlive(world, players[0]!), get(world, items[0]!, Item, 'owner')]).toEqual([true, players[0]]);
    expect(preview.entities.map(({ state, entity, handle }) => [state, entity === handle])).toEqual([['revived', true], ['revived', true]]);
    expect(entityCount(world)).toBe(entityCount(lives(then)));
  });

  it('makes them again under other handles where theirs belong to somebody else, and tells everybody', () => {
    const { then, now, players, guilds } = griefed(({ world, players: [ann] }) => {
      removeEntity(world, ann!);
      add(world, addEntity(world), Player, { name: 'newcomer', guild: 0 });
    });
    const { image, preview } = restoreEntities({ now, then, selection: one('p0') });
    const world = lives(image);
    const ann = find(world, Player, 'name', 'p0');
    expect(ann).not.toBe(players[0]);
    expect(get(world, find(world, Player, 'name', 'newcomer'), Player, 'guild')).toBe(0);
    expect(get(world, guilds[0]!, Guild, 'leader')).toBe(ann);
    expect(get(world, get(world, ann, Bag, 'items', 0), Item, 'owner')).toBe(ann);
    expect(preview).toMatchObject({ relinked: 3, entities: [{ entity: players[0], handle: ann, state: 'revived' }] });
  });

  it('never gives a handle that somebody else has had since, even if they are gone too', () => {
    const { then, now, players } = griefed(({ world, players: [ann] }) => {
      removeEntity(world, ann!);
      removeEntity(world, addEntity(world));
    });
    const { image, preview } = restoreEntities({ now, then, selection: one('p0'), follow: { depth: 0 } });
    const world = lives(image);
    expect(preview.entities[0]).toMatchObject({ entity: players[0], state: 'revived' });
    expect(preview.entities[0]!.handle).not.toBe(players[0]);
    expect(isAlive(world, players[0]!)).toBe(false);
  });

  it.each([
    ['changed', (game: ReturnType<typeof guildWorld>) => set(game.world, game.players[0]!, Position, 'x', 5)],
    ['removed', (game: ReturnType<typeof guildWorld>) => removeEntity(game.world, game.players[0]!)],
    ['removed and its handle taken', (game: ReturnType<typeof guildWorld>) => {
      removeEntity(game.world, game.players[0]!);
      add(game.world, addEntity(game.world), Position, { x: 1 });
    }],
  ])('changes nothing the second time (%s)', (_, change) => {
    const { then, now } = griefed(change);
    const { image } = restoreEntities({ now, then, selection: one('p0') });
    const again = restoreEntities({ now: image, then, selection: one('p0') });
    expect(again.preview.entities).toEqual([]);
    expect(again.image).toBe(image);
  });

  it('leaves what was only referred to alone while it is there: traded away is not taken back', () => {
    const { then, now, items, players } = griefed(({ world, players: [, bob], items: [sword] }) => {
      set(world, sword!, Item, 'owner', bob!);
    });
    const { image, preview } = restoreEntities({ now, then, selection: one('p0') });
    expect(get(lives(image), items[0]!, Item, 'owner')).toBe(players[1]);
    expect(preview.left).toContain(items[0]);
    expect(preview.entities).toEqual([]);
  });

  it('clears references to what was there then and is gone, unless it comes back too', () => {
    const { then, now, players } = griefed(({ world, items: [sword] }) => removeEntity(world, sword!));
    const { image, preview } = restoreEntities({ now, then, selection: one('p0'), follow: { depth: 0 } });
    expect(preview.cleared).toBe(1);
    expect(get(lives(image), players[0]!, Bag, 'items', 0)).toBe(0);
  });

  it('leaves both images as they were', () => {
    const { then, now } = griefed(({ world, players: [ann] }) => removeEntity(world, ann!));
    const roots = [imageRoot(then), imageRoot(now)];
    restoreEntities({ now, then, selection: one('p0') });
    expect([imageRoot(then), imageRoot(now)]).toEqual(roots);
  });

  it('refuses a snapshot of another layout, and who was not there then', () => {
    const { then, now } = griefed(() => undefined);
    expect(() => restoreEntities({ now, then: { ...then, layout: 'old' }, selection: one('p0') })).toThrow(expect.objectContaining({ code: 'persistence/layout-mismatch' }) as unknown as Error);
    expect(() => restoreEntities({ now, then, selection: { entities: [4] , with: ['Hat'] } })).toThrow(expect.objectContaining({ code: 'persistence/bad-selection' }) as unknown as Error);
  });
});
