import { describe, expect, it } from '@jest/globals';
import { array, component, i32, layoutOf, lockLayout, str, u16, u8, type Component, type Layout } from '@beamline/ecs';
import { layoutChanges, layoutVerdict, migrateImage, migration, renameField, suggestRenames, type ChangeVerdict, type ClientContract } from '../../src/index.ts';
import { Bag, Position, Vitals, imageOfWorld, sampleWorld } from '../sample-world.ts';

const first = lockLayout(undefined, layoutOf([Position, Vitals]));
const later = (...components: Component[]): Layout => lockLayout(first.lock, layoutOf(components)).layout;
const fields = Vitals.fields;

describe('what lies between two layouts', () => {
  it.each<[string, Layout, string, ChangeVerdict]>([
    ['nothing', first.layout, '', 'SAFE'],
    ['another order of components', later(Vitals, Position), ' reordered', 'SAFE'],
    ['another order of fields', later(component('Position', { y: i32, x: i32 }), Vitals), 'Position reordered', 'SAFE'],
    ['a component more', later(Position, Vitals, Bag), 'Bag added', 'NEEDS-DEFAULT'],
    ['a field more', later(component('Position', { x: i32, y: i32, z: i32 }), Vitals), 'Position.z added', 'NEEDS-DEFAULT'],
    ['a component less', later(Position), 'Vitals removed', 'NEEDS-MIGRATION'],
    ['a field less', later(component('Position', { x: i32 }), Vitals), 'Position.y removed', 'NEEDS-MIGRATION'],
    ['another type', later(component('Position', { x: i32, y: array(u8, 2) }), Vitals), 'Position.y retyped', 'NEEDS-MIGRATION'],
    ['an id that changed', { ...first.layout, components: first.layout.components.map((one) => ({ ...one, id: one.id + 5 })) }, 'Position renumbered', 'FORBIDDEN'],
  ])('%s', (_, to, change, verdict) => {
    const found = layoutChanges(first.layout, to);
    expect(found.verdict).toBe(verdict);
    if (change === '') expect(found.changes).toEqual([]);
    else expect(found.changes.map(({ path, what }) => `${path} ${what}`)).toContain(change);
    for (const one of found.changes) {
      expect(one.why).not.toBe('');
      expect(one.do === '').toBe(one.verdict === 'SAFE');
    }
  });

  it('says whether every value fits a new type', () => {
    const why = (to: Component) => layoutChanges(first.layout, later(Position, to)).changes.map((change) => change.why);
    expect(why(component('Vitals', { ...fields, hp: i32 }))).toEqual(['u16 becomes i32: every value fits']);
    expect(why(component('Vitals', { ...fields, hp: u8 }))).toEqual(['u16 becomes u8: values may not fit']);
    const long = layoutOf([component('Bag', { slots: array(u8, 3) })]);
    expect(layoutChanges(long, layoutOf([component('Bag', { slots: array(u8, 2) })])).changes[0]!.why).toBe('array(u8, 3) becomes array(u8, 2): values may not fit');
    expect(layoutChanges(long, layoutOf([component('Bag', { slots: array(u8, 4) })])).changes[0]!.why).toBe('array(u8, 3) becomes array(u8, 4): every value fits');
    expect(why(component('Vitals', { ...fields, hp: str }))).toEqual(['u16 becomes str: values mean something else']);
  });
});

describe('what is new', () => {
  it('NEEDS-DEFAULT: a world goes over with zeros and empty components', () => {
    const to = later(component('Position', { x: i32, y: i32, tag: str, path: array(u8, 2) }), Vitals, Bag);
    const { verdict, migrations, reasons } = layoutVerdict(first.layout, to, []);
    expect([verdict, reasons]).toEqual(['NEEDS-DEFAULT', ['defaults: adds Position.tag, adds Position.path, adds Bag']]);
    const result = migrateImage(imageOfWorld(sampleWorld([Position, Vitals]), 3), migrations, to);
    expect(result.tables.find(({ name }) => name === 'Bag')!.rows).toBe(0);
    const position = result.tables.find(({ name }) => name === 'Position')!;
    expect(position.columns.slice(3).map(({ name }, c) => [name, position.data[c + 3]![0]])).toEqual([['tag', ''], ['path#0', 0], ['path#1', 0]]);
  });

  it('is FORBIDDEN beside anything that needs a decision', () => {
    expect(layoutVerdict(first.layout, later(component('Position', { x: i32, z: i32 }), Vitals, Bag), []).verdict).toBe('FORBIDDEN');
  });
});

describe('clients', () => {
  const contract = (actions: string[], reads: string[]): ClientContract => ({ actions, reads });
  const now = contract(['Move', 'Look'], ['Vitals']);
  const breaks = (to: Layout, after: ClientContract = now) => layoutVerdict(first.layout, to, [], { clients: { from: now, to: after } });

  it('are not broken by what is added, nor by components they do not read', () => {
    expect(breaks(later(component('Position', { x: i32, y: i32, z: i32 }), component('Vitals', { ...fields, shield: u8 })), contract(['Move', 'Look', 'Run'], [])).verdict).toBe('NEEDS-DEFAULT');
  });

  it.each<[string, Layout, ClientContract | undefined, string]>([
    ['an action that is gone', first.layout, contract(['Move'], []), 'actions.Look removed: clients send it'],
    ['another order of fields', later(Position, component('Vitals', { mana: u16, hp: u16, boost: fields.boost, alive: fields.alive })), undefined, 'Vitals.hp reordered: clients read it at place 1, it would be at 2'],
  ])('%s BREAKS-CLIENTS', (_, to, after, reason) => {
    const { verdict, reasons } = breaks(to, after);
    expect(verdict).toBe('BREAKS-CLIENTS');
    expect(reasons.join('\n')).toContain(reason);
  });

  it('keep the migrations that the world needs', () => {
    const rename = migration({ name: 'health', from: { role: 'r' }, steps: [renameField('Vitals', 'hp', 'health')] });
    const to = later(Position, component('Vitals', { health: u16, mana: u16, boost: fields.boost, alive: fields.alive }));
    expect(layoutVerdict(first.layout, to, [rename], { clients: { from: now, to: now } })).toMatchObject({ verdict: 'BREAKS-CLIENTS', migrations: [rename], reasons: ['Vitals.hp removed: clients read it', 'health: renames Vitals.hp to health'] });
    expect(layoutVerdict(first.layout, to, [], { clients: { from: now, to: now } }).verdict).toBe('FORBIDDEN');
  });
});

describe('renames', () => {
  it('are suggested for fields of the same type, the nearest place first', () => {
    const to = later(Position, component('Vitals', { health: u16, magic: u16, boost: fields.boost, alive: fields.alive }));
    expect(suggestRenames(first.layout, to).map(({ from, to: name }) => [from, name])).toEqual([['Vitals.hp', 'Vitals.health'], ['Vitals.mana', 'Vitals.magic']]);
    expect(layoutChanges(first.layout, to).changes.find(({ path }) => path === 'Vitals.hp')!.do)
      .toBe("was it renamed to Vitals.health? renameField('Vitals', 'hp', 'health'); or dropField('Vitals', 'hp') forgets the values");
  });

  it('are suggested for components that have most fields in common, and not for strangers', () => {
    expect(suggestRenames(first.layout, later(component('Place', { ...Position.fields, z: i32 }), Vitals))).toMatchObject([{ question: 'was Position renamed to Place?' }]);
    expect(suggestRenames(first.layout, later(component('Place', { a: i32, b: i32 }), Vitals))).toEqual([]);
  });
});
