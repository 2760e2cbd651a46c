import { u16 } from '@beamline/ecs';
import { addComponent, migration, split } from '@beamline/persistence';

/** From version 1's world: Stats becomes Skills and Progress, and every player gets stamina. */
export const skillsAndStamina = migration({
  id: 1,
  name: 'skills-and-stamina',
  from: { role: 'world' },
  steps: [
    split('Stats', { Skills: ['strength', 'agility'], Progress: ['xp', 'level'] }),
    addComponent('Stamina', { fields: { points: u16, max: u16 }, on: 'Player', values: { points: 40, max: 40 } }),
  ],
});
