import { defineRole } from '@beamline/kernel';
import { decayOfScores, Lonely, Score } from './barrel.ts';

export default defineRole({ name: 'battle', components: [Score, Lonely], systems: [decayOfScores], actions: {} });
