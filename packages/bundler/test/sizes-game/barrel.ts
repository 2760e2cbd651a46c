export * from './components.ts';
export { decayOfScores } from './decay.ts';
