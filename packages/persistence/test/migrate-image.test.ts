import { describe, expect, it } from '@jest/globals';
import {
  array, bool, component, entityCount, find, fixed, get, i32, i53, layoutHash, layoutOf, query, str, u16, u8, worldDigest,
  type Component,
} from '@beamline/ecs';
import {
  addComponent, addField, dropComponent, dropField, imageDigest, merge, migrateAlong, migrateImage, migration, renameComponent,
  renameField, split, tableNamed, type MigrationStep, type WorldImage,
} from '../src/index.ts';
import { Account, Bag, Position, Vitals, imageOfWorld, loadImage, sampleWorld } from './sample-world.ts';

const Health = component('Health', { hp: u16, alive: bool });
const Magic = component('Magic', { boost: fixed(8), mana: u16 });
const Shield = component('Shield', { points: u16, runes: array(u8, 2), name: str });

const blue = sampleWorld();
const image = imageOfWorld(blue, 9, layoutHash(layoutOf([Position, Vitals, Bag, Account])));
const named = (steps: MigrationStep[]) => migration({ name: 'test', from: { role: 'world' }, steps });
const migrated = (to: Component[], ...steps: MigrationStep[]): WorldImage => migrateImage(image, named(steps), layoutOf(to));
const codeOf = (code: string) => expect.objectContaining({ code }) as unknown as Error;

/** The image survives a green process: same digest inside, entities where they were. */
function restored(result: WorldImage, to: Component[]) {
  const green = loadImage(result, to);
  expect(worldDigest(green)).toBe(imageDigest(result));
  expect(result.layout).toBe(layoutHash(layoutOf(to)));
  expect(entityCount(green)).toBe(entityCount(blue));
  return green;
}

describe('migrating an image', () => {
  it('splits a component: both parts hold the same entities in the same order', () => {
    const to = [Position, Health, Magic, Bag, Account];
    const result = migrated(to, split('Vitals', { Health: ['hp', 'alive'], Magic: ['boost', 'mana'] }));
    const green = restored(result, to);
    const entities = tableNamed(image, 'Vitals')!.data[0];
    expect(tableNamed(result, 'Health')!.data[0]).toEqual(entities);
    expect(tableNamed(result, 'Magic')!.data[0]).toEqual(entities);
    for (const entity of query(blue, [Vitals])) {
      expect(get(green, entity, Health, 'hp')).toBe(get(blue, entity, Vitals, 'hp'));
      expect(get(green, entity, Health, 'alive')).toBe(get(blue, entity, Vitals, 'alive'));
      expect(get(green, entity, Magic, 'mana')).toBe(get(blue, entity, Vitals, 'mana'));
      expect(get(green, entity, Magic, 'boost')).toBe(get(blue, entity, Vitals, 'boost'));
    }
  });

  it('adds a component to every entity that has another, with default values', () => {
    const to = [Position, Vitals, Bag, Account, Shield];
    const result = migrated(to, addComponent('Shield', {
      fields: Shield.fields, on: 'Bag', values: { points: 50, runes: [1, 2] },
    }));
    const green = restored(result, to);
    expect(query(green, [Shield])).toEqual(query(blue, [Bag]));
    const [first] = query(green, [Shield]);
    expect(get(green, first!, Shield, 'points')).toBe(50);
    expect([0, 1].map((n) => get(green, first!, Shield, 'runes', n))).toEqual([1, 2]);
    expect(get(green, first!, Shield, 'name')).toBe('');
  });

  it('adds a component to nobody when it is not told on whom', () => {
    const to = [Position, Vitals, Bag, Account, Shield];
    expect(query(restored(migrated(to, addComponent('Shield', { fields: Shield.fields })), to), [Shield])).toEqual([]);
  });

  it('drops a component and leaves its entities alive', () => {
    const to = [Position, Bag, Account];
    restored(migrated(to, dropComponent('Vitals')), to);
  });

  it('adds, drops and renames fields, arrays with all their columns', () => {
    const Wallet = component('Account', { coins: i53, level: u8 });
    const Sack = component('Bag', { places: array(u8, 3) });
    const to = [Position, Vitals, Sack, Wallet];
    const green = restored(migrated(to,
      renameField('Account', 'gold', 'coins'), addField('Account', 'level', u8, 3),
      dropField('Bag', 'owner'), renameField('Bag', 'slots', 'places')), to);
    for (const entity of query(blue, [Bag])) {
      expect([0, 1, 2].map((n) => get(green, entity, Sack, 'places', n)))
        .toEqual([0, 1, 2].map((n) => get(blue, entity, Bag, 'slots', n)));
    }
    for (const entity of query(blue, [Account])) {
      expect(get(green, entity, Wallet, 'coins')).toBe(get(blue, entity, Account, 'gold'));
      expect(get(green, entity, Wallet, 'level')).toBe(3);
    }
  });

  it('renames a component without touching a cell', () => {
    const Place = component('Place', { x: i32, y: i32 });
    const to = [Place, Vitals, Bag, Account];
    const result = migrated(to, renameComponent('Position', 'Place'));
    restored(result, to);
    expect(tableNamed(result, 'Place')!.data).toBe(tableNamed(image, 'Position')!.data);
  });

  it('merges components; entities that lack one are refused, or get zeros', () => {
    const All = component('All', { x: i32, y: i32, gold: i53 });
    const to = [All, Vitals, Bag];
    expect(() => migrated(to, merge(['Position', 'Account'], 'All'))).toThrow(codeOf('persistence/misfit'));
    const green = restored(migrated(to, merge(['Position', 'Account'], 'All', { missing: 'zero' })), to);
    expect(query(green, [All])).toEqual(query(blue, [Position]));
    const poor = query(blue, [Position], [Account])[0]!;
    expect(get(green, poor, All, 'gold')).toBe(0);
    expect(get(green, poor, All, 'x')).toBe(get(blue, poor, Position, 'x'));
  });

  it('merges what it split back to what it was', () => {
    const to = [Position, Vitals, Bag, Account];
    const back = migrated(to,
      split('Vitals', { Health: ['hp', 'alive'], Magic: ['boost', 'mana'] }), merge(['Health', 'Magic'], 'Vitals'));
    expect(imageDigest(back)).toBe(imageDigest(image));
  });

  it('brings tables and columns into the order of the new layout', () => {
    const Turned = component('Position', { y: i32, x: i32 });
    const to = [Account, Bag, Turned, Vitals];
    expect(find(restored(migrated(to), to), Turned, 'x', -5000)).toBe(find(blue, Position, 'x', -5000));
  });

  it('leaves the tables of the kernel untouched, wherever they stand', () => {
    const result = migrated([Position, Bag, Account], dropComponent('Vitals'));
    for (const name of ['$world', '$entities', '$free', '$senders']) {
      expect(tableNamed(result, name)).toBe(tableNamed(image, name));
    }
    expect(result.tables.map(({ name }) => name)).toEqual(['$world', '$entities', '$free', 'Position', 'Bag', 'Account', '$senders']);
  });

  it('runs a chain in order', () => {
    const Thing = component('Thing', { x: i32, y: i32, weight: u16 });
    const to = [Thing, Vitals, Bag, Account];
    const chain = [named([renameComponent('Position', 'Thing')]), named([addField('Thing', 'weight', u16, 9)])];
    const green = restored(migrateImage(image, chain, layoutOf(to)), to);
    expect(get(green, query(green, [Thing])[0]!, Thing, 'weight')).toBe(9);
  });

  it('goes along a chain from wherever the world stands', () => {
    const Thing = component('Thing', { x: i32, y: i32 });
    const Heavy = component('Thing', { x: i32, y: i32, weight: u16 });
    const chain = [named([renameComponent('Position', 'Thing')]), named([addField('Thing', 'weight', u16, 9)])];
    const last = layoutOf([Heavy, Vitals, Bag, Account]);
    const middle = migrateImage(image, chain[0]!, layoutOf([Thing, Vitals, Bag, Account]));
    const wanted = imageDigest(migrateImage(image, chain, last));
    expect(imageDigest(migrateAlong(image, chain, last))).toBe(wanted);
    expect(imageDigest(migrateAlong(middle, chain, last))).toBe(wanted);
    const there = migrateAlong(middle, chain, last);
    expect(migrateAlong(there, chain, last)).toBe(there);
    expect(() => migrateAlong(image, chain.slice(1), last)).toThrow(codeOf('persistence/bad-migration'));
  });

  it('does not change the image it was given', () => {
    const before = imageDigest(image);
    migrated([Position, Bag, Account], dropComponent('Vitals'));
    expect(imageDigest(image)).toBe(before);
  });

  it('refuses a result that is not a world of the layout, naming what differs', () => {
    expect(() => migrated([Position, Vitals, Bag, Account, Shield])).toThrow('table Shield is missing');
    expect(() => migrated([Position, Vitals, Bag])).toThrow('table Account has no place there');
    expect(() => migrated([component('Position', { x: i32 }), Vitals, Bag, Account])).toThrow('Position has columns');
    expect(() => migrated([component('Position', { x: i32, y: u16 }), Vitals, Bag, Account])).toThrow(codeOf('persistence/layout-mismatch'));
  });

  it('refuses initial values that do not fit their field', () => {
    for (const value of [-1, 65_536, 1.5, 'ten', [1, 2]]) {
      expect(() => migrated([], addField('Position', 'z', u16, value))).toThrow(codeOf('persistence/bad-migration'));
    }
    expect(() => migrated([], addField('Position', 'z', str, 3))).toThrow(codeOf('persistence/bad-migration'));
    expect(() => migrated([], addField('Position', 'z', bool, 2))).toThrow(codeOf('persistence/bad-migration'));
  });

  it('refuses to touch the kernel\'s tables and names that do not exist', () => {
    expect(() => migrated([], dropComponent('$senders'))).toThrow(codeOf('persistence/bad-migration'));
    expect(() => migrated([], renameField('Nobody', 'a', 'b'))).toThrow(codeOf('persistence/bad-migration'));
  });
});
