export { rehearse, type Rehearsed, type RehearseOptions } from './rehearse.ts';
export type { RehearsalBundles } from './release-code.ts';
export { judge, missingEntries, printEntry, type RehearsalPolicy } from './allow-list.ts';
export type {
  AllowedDifference, ChaosCounts, CostPair, Difference, DifferenceExample, DifferenceKind, ForkReport, RehearsalCost, RehearsalReport, RehearsedInstance,
} from './report.ts';
