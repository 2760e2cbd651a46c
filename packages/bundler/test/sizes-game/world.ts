import { addEntity, add } from '@beamline/ecs';
import { defineRole, type Reply } from '@beamline/kernel';
import { decayOfScores, Lonely, Score } from './barrel.ts';
import { remember } from './registry.ts';
import { sentences } from './sentences.ts';

export default defineRole({
  name: 'world',
  components: [Score, Lonely],
  systems: [decayOfScores],
  actions: {
    Join(world, message): Reply {
      add(world, addEntity(world), Score, { points: remember(message.from) });
      return JSON.stringify(sentences);
    },
  },
});
