import { expect, it } from '@jest/globals';
import type { FieldKind, Layout } from '@beamline/ecs';
import { calc, imageRoot, layoutVerdict, migrateImage, reverseChain, type FieldSpec, type Migration, type MigrationStep } from '../../src/index.ts';
import { migrateShapes, shapesOf, type ComponentShape } from '../../src/migration/migrate-layout.ts';
import { createDice, randomImage, randomLayout, type Dice } from './random-world.ts';

const WIDER: Partial<Record<FieldKind, readonly FieldKind[]>> = {
  bool: ['u8', 'i8', 'i53'], u8: ['u16', 'i16', 'u32', 'i53'], i8: ['i16', 'i32', 'i53'], u16: ['u32', 'i32', 'i53'], i16: ['i32', 'i53'], u32: ['i53'], i32: ['i53'],
};

/** A step that loses nothing, somewhere in the layout; `undefined` when this kind of step has no place here. */
function randomStep(dice: Dice, shapes: readonly ComponentShape[], n: number): MigrationStep | undefined {
  const { below, one } = dice;
  const { name: component, fields } = one(shapes);
  const field = one(fields);
  const isFree = below(2) === 0;
  switch (below(8)) {
    case 0: return { do: 'add-component', component: `New${n}`, fields: [{ name: `new${n}`, type: 'u8', length: 1, scale: 0 }], values: { [`new${n}`]: 3 }, ...(isFree ? { on: component } : {}) };
    case 1: return { do: 'add-field', component, field: { name: `new${n}`, type: 'str', length: 2, scale: 0 }, value: ['a', ''] };
    case 2: return { do: 'rename-field', component, from: field.name, to: `other${n}` };
    case 3: return { do: 'rename-component', from: component, to: `Other${n}` };
    case 4: {
      if (fields.length < 2) return undefined;
      const names = fields.map((each) => each.name);
      return { do: 'split', component, parts: [{ component: `Left${n}`, fields: names.slice(0, 1) }, { component: `Right${n}`, fields: names.slice(1) }] };
    }
    case 5: {
      const wider = field.scale > 0 ? undefined : WIDER[field.type];
      const to: FieldSpec = { ...field, type: wider === undefined ? field.type : one(wider), length: isFree ? field.length + 1 : field.length };
      return { do: 'widen', component, from: field, to, onMisfit: 'refuse' };
    }
    case 6: {
      if (field.type === 'str' || field.type === 'i53') return undefined;
      const to: FieldSpec = { ...field, type: 'i53', scale: 0 };
      const by = calc.add(calc.mul(calc.value, 4), calc.add(calc.index, 1));
      return { do: 'map', component, from: field, to, onMisfit: 'refuse', by, back: calc.idiv(calc.sub(calc.value, calc.add(calc.index, 1)), 4) };
    }
    default: return undefined;
  }
}

const layoutOfShapes = (shapes: readonly ComponentShape[]): Layout => ({
  format: 1, components: shapes.map(({ name, fields }, n) => ({ id: n + 1, name, fields: fields.map((field, f) => ({ id: f + 1, ...field })) })),
});

it.each(Array.from({ length: 60 }, (_, seed) => seed))('keeps every cell there and back (seed %i)', (seed) => {
  const dice = createDice(seed * 7919 + 1);
  const from = randomLayout(dice);
  const image = randomImage(dice, from, 40);
  let shapes: ComponentShape[] = shapesOf(from);
  const chain: Migration[] = [];
  for (let n = 0; n < 8; n += 1) {
    const step = randomStep(dice, shapes, n);
    if (step === undefined) continue;
    const one: Migration = { version: 1, id: n + 1, name: `m${n}`, from: { role: 'r' }, steps: [step] };
    shapes = migrateShapes(shapes, one);
    chain.push(one);
  }
  const to = layoutOfShapes(shapes);
  const there = migrateImage(image, chain, to);
  const back = reverseChain(chain, from);
  expect(back.reason).toBeUndefined();
  expect(layoutVerdict(to, from, back.migrations!).verdict).toMatch(/^(SAFE|NEEDS-MIGRATION)$/);
  expect(imageRoot(migrateImage(there, back.migrations!, from))).toBe(imageRoot(image));
});

it('takes the whole way back of a chain, also where a merge needs the layout in its middle', () => {
  const from: Layout = { format: 1, components: ['A', 'B'].map((name, n) => ({ id: n + 1, name, fields: [{ id: 1, name: `f${name}`, type: 'u8', length: 1, scale: 0 }] })) };
  const step = (id: number, steps: MigrationStep[]): Migration => ({ version: 1, id, name: `m${id}`, from: { role: 'r' }, steps });
  const chain = [step(1, [{ do: 'rename-component', from: 'A', to: 'Z' }]), step(2, [{ do: 'merge', components: ['Z', 'B'], into: 'All', missing: 'zero' }])];
  expect(reverseChain(chain, from).migrations!.map(({ name }) => name)).toEqual(['undo-m2', 'undo-m1']);
  expect(reverseChain([step(1, [{ do: 'drop-component', component: 'A' }])], from).reason).toBe('step 1 (drop-component) of m1: the values of A are gone');
});
