import { defineRole } from '@beamline/kernel';
import { Score, score } from './score.ts';

export default defineRole({ name: 'board', components: [Score], actions: { Add: score(2) } });
