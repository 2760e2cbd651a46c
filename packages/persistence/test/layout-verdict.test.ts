import { describe, expect, it } from '@jest/globals';
import { array, canonicalJson, component, fixed, i32, layoutOf, lockLayout, u16, u8, type Component } from '@beamline/ecs';
import {
  addComponent, addField, dropComponent, dropField, layoutVerdict, merge, migrateImage, migration, renameComponent,
  renameField, reverseMigration, split, type Migration, type MigrationStep,
} from '../src/index.ts';
import { imageDigest } from '../src/index.ts';
import { Bag, Position, Vitals, imageOfWorld, sampleWorld } from './sample-world.ts';

const Health = component('Health', { hp: u16, alive: Vitals.fields.alive });
const Magic = component('Magic', { mana: u16, boost: fixed(8) });
const Shield = component('Shield', { points: u16 });
const named = (name: string, ...steps: MigrationStep[]): Migration => migration({ name, from: { role: 'world' }, steps });
const v1 = lockLayout(undefined, layoutOf([Position, Vitals]));
const layoutV = (previous: typeof v1, ...components: Component[]) => lockLayout(previous.lock, layoutOf(components));
const v2 = layoutV(v1, Position, Health, Magic, Shield);
const v3 = layoutV(v2, component('Position', { x: i32, y: i32, z: i32 }), Health, Magic, Shield);
const toV2 = named('vitals-apart',
  split('Vitals', { Health: ['hp', 'alive'], Magic: ['mana', 'boost'] }),
  addComponent('Shield', { fields: Shield.fields, on: 'Health', values: { points: 10 } }));
const toV3 = named('third-dimension', addField('Position', 'z', i32, 0));

describe('the verdict on two layouts', () => {
  it('is SAFE for the same layout, whatever migrations the release carries', () => {
    expect(layoutVerdict(v1.layout, v1.layout, [])).toEqual({ verdict: 'SAFE', reasons: [], migrations: [], changes: [], renames: [] });
    expect(layoutVerdict(v2.layout, v2.layout, [toV2])).toMatchObject({ verdict: 'SAFE', migrations: [] });
  });

  it('is NEEDS-MIGRATION when the migrations lead exactly there', () => {
    expect(layoutVerdict(v1.layout, v2.layout, [toV2])).toMatchObject({
      verdict: 'NEEDS-MIGRATION', migrations: [toV2], reasons: ['vitals-apart: splits Vitals into Health and Magic, adds Shield'],
    });
  });

  it('takes as much of a chain as the world still has before it', () => {
    expect(layoutVerdict(v1.layout, v3.layout, [toV2, toV3])).toMatchObject({ verdict: 'NEEDS-MIGRATION', migrations: [toV2, toV3] });
    expect(layoutVerdict(v2.layout, v3.layout, [toV2, toV3])).toMatchObject({ verdict: 'NEEDS-MIGRATION', migrations: [toV3] });
  });

  it('is FORBIDDEN without a migration, and says what differs', () => {
    const { verdict, reasons } = layoutVerdict(v1.layout, v2.layout, []);
    expect(verdict).toBe('FORBIDDEN');
    expect(reasons).toEqual([
      'component Health would be missing', 'component Magic would be missing', 'component Shield would be missing',
      'component Vitals has no place in the new layout',
    ]);
  });

  it('is FORBIDDEN when the migration leads almost there', () => {
    const halfway = named('halfway', toV2.steps[0]!);
    expect(layoutVerdict(v1.layout, v2.layout, [halfway])).toMatchObject({ verdict: 'FORBIDDEN', reasons: ['component Shield would be missing'] });
    const other = named('other', toV2.steps[0]!, addComponent('Shield', { fields: { points: u8 } }));
    expect(layoutVerdict(v1.layout, v2.layout, [other])).toMatchObject({
      verdict: 'FORBIDDEN', reasons: ['field Shield.points is u8, the new layout has u16'],
    });
  });

  it('is FORBIDDEN when a step does not apply, and names the step', () => {
    const cases: [MigrationStep, string][] = [
      [dropComponent('Nobody'), 'there is no component Nobody'],
      [addComponent('Vitals', { fields: {} }), 'there is a component Vitals already'],
      [addComponent('Shield', { fields: { a: u8 }, values: { b: 1 } }), 'Shield has no field b'],
      [addComponent('Shield', { fields: {}, on: 'Nobody' }), 'there is no component Nobody'],
      [addComponent('$world', { fields: {} }), '$world belongs to the kernel'],
      [addField('Vitals', 'hp', u8, 0), 'Vitals would have hp twice'],
      [dropField('Vitals', 'xp'), 'Vitals has no field xp'],
      [renameField('Vitals', 'hp', 'mana'), 'Vitals would have mana twice'],
      [renameComponent('Vitals', 'Position'), 'there is a component Position already'],
      [split('Vitals', { A: ['hp'] }), 'field mana goes to 0 parts of Vitals'],
      [split('Vitals', { A: ['hp', 'mana', 'boost', 'alive'], B: ['hp'] }), 'field hp goes to 2 parts of Vitals'],
      [split('Vitals', { Position: ['hp', 'mana', 'boost', 'alive'] }), 'there is a component Position already'],
      [merge(['Vitals'], 'A'), 'a merge takes at least two components'],
    ];
    for (const [step, reason] of cases) {
      const { verdict, reasons } = layoutVerdict(v1.layout, v2.layout, [named('wrong', step)]);
      expect(verdict).toBe('FORBIDDEN');
      expect(reasons[0]).toContain(`wrong, step 1 (${step.do}): ${reason}`);
    }
  });

  it('is FORBIDDEN when a name comes back under another id, or a type changes', () => {
    const renumbered = { ...v1.layout, components: v1.layout.components.map((one) => ({ ...one, id: one.id + 7 })) };
    expect(layoutVerdict(v1.layout, renumbered, [])).toMatchObject({
      verdict: 'FORBIDDEN', reasons: expect.arrayContaining(['component Position had id 1, the new layout gives it 8']) as unknown as string[],
    });
    const wider = layoutOf([component('Position', { x: fixed(4), y: array(i32, 2) }), Vitals]);
    expect(layoutVerdict(v1.layout, wider, [])).toMatchObject({
      reasons: ['field Position.x is i32, the new layout has fixed(4)', 'field Position.y is i32, the new layout has array(i32, 2)'],
    });
  });
});

describe('a migration', () => {
  it('survives canonical JSON, which sorts keys, with its order of fields', () => {
    const copy = JSON.parse(canonicalJson(toV2)) as Migration;
    expect(copy).toEqual(toV2);
    expect(layoutVerdict(v1.layout, v2.layout, [copy]).verdict).toBe('NEEDS-MIGRATION');
  });

  it('reverses to one that leads back, keeping what the new version wrote', () => {
    const back = reverseMigration(toV2);
    expect(back.reason).toBeUndefined();
    expect(layoutVerdict(v2.layout, v1.layout, [back.migration!])).toMatchObject({ verdict: 'NEEDS-MIGRATION' });

    const image = imageOfWorld(sampleWorld([Position, Vitals]), 3);
    const there = migrateImage(image, toV2, v2.layout);
    expect(imageDigest(migrateImage(there, back.migration!, v1.layout))).toBe(imageDigest(image));
  });

  it('reverses every step that loses nothing', () => {
    const steps = [renameComponent('Bag', 'Sack'), renameField('Sack', 'owner', 'holder'), addField('Position', 'z', i32, 1),
      merge(['Position', 'Vitals'], 'Body', { missing: 'zero' })];
    const from = layoutOf([Position, Vitals, Bag]);
    const there = named('there', ...steps);
    const { migration: back } = reverseMigration(there, from);
    const to = layoutOf([component('Sack', { slots: array(u8, 3), holder: Bag.fields.owner }),
      component('Body', { ...Position.fields, z: i32, ...Vitals.fields })]);
    expect(layoutVerdict(from, to, [there]).verdict).toBe('NEEDS-MIGRATION');
    expect(layoutVerdict(to, from, [back!]).verdict).toBe('NEEDS-MIGRATION');
  });

  it('has no reverse where information is lost, and says where', () => {
    expect(reverseMigration(named('slim', renameComponent('Bag', 'Sack'), dropField('Vitals', 'mana')))).toEqual({
      reason: 'step 2 (drop-field) of slim: the values of Vitals.mana are gone',
    });
    expect(reverseMigration(named('slim', dropComponent('Vitals'))).reason).toContain('the values of Vitals are gone');
    expect(reverseMigration(named('one', merge(['Position', 'Vitals'], 'Body'))).reason).toContain('only with the layout before');
  });

  it('returns to its name when reversed twice', () => {
    expect(reverseMigration(reverseMigration(toV3).migration!, v3.layout).reason).toContain('are gone');
    expect(reverseMigration(reverseMigration(named('move', renameComponent('A', 'B'))).migration!).migration)
      .toEqual(named('move', renameComponent('A', 'B')));
  });
});
