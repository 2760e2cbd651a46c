import { array, i32, i53, layoutHash, layoutOf, u16, u32, u8 } from '@beamline/ecs';
import { addComponent, addField, calc, map, migration, split, widen } from '../src/index.ts';
import worldV1, { Player, Rock } from './roles/world-v1.ts';
import worldV2, { Health, Rock as MarkedRock, Shield, Walker } from './roles/world-v2.ts';

export const v1 = worldV1;
export const v2 = worldV2;
export const layoutV1 = layoutOf([Rock, Player]);
export const layoutV2 = layoutOf([MarkedRock, Walker, Health, Shield]);
export const hashV1 = layoutHash(layoutV1);
export const hashV2 = layoutHash(layoutV2);

export const toV2 = migration({
  name: 'walkers',
  from: { role: 'world' },
  steps: [
    split('Player', { Walker: ['x', 'address'], Health: ['hp'] }),
    widen('Walker', 'x', { from: i32, to: i53 }),
    map(Rock, 'weight', { from: u16, to: u32, by: calc.add(calc.mul(calc.value, 3), calc.mod(calc.field('x'), 3)), back: calc.idiv(calc.value, 3) }),
    addField(Rock, 'marks', array(u8, 2), [1, 2]),
    addComponent('Shield', { fields: Shield.fields, on: 'Health', values: { points: 25 } }),
  ],
});
