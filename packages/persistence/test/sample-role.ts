import { layoutHash, layoutOf } from '@beamline/ecs';
import { addComponent, migration, split } from '../src/index.ts';
import worldV1, { Player, Rock } from './roles/world-v1.ts';
import worldV2, { Health, Shield, Walker } from './roles/world-v2.ts';

export const v1 = worldV1;
export const v2 = worldV2;
export const layoutV1 = layoutOf([Rock, Player]);
export const layoutV2 = layoutOf([Rock, Walker, Health, Shield]);
export const hashV1 = layoutHash(layoutV1);
export const hashV2 = layoutHash(layoutV2);

export const toV2 = migration({
  name: 'walkers',
  from: { role: 'world' },
  steps: [
    split('Player', { Walker: ['x', 'address'], Health: ['hp'] }),
    addComponent('Shield', { fields: Shield.fields, on: 'Health', values: { points: 25 } }),
  ],
});
