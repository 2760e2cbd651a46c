export { rehearse, type Rehearsed, type RehearseOptions } from './rehearse.ts';
export type { RehearsalBundles } from './release-code.ts';
export { assertRehearsed } from './assert-rehearsed.ts';
export { smokeOnFork, type ForkSite, type ForkSmokeOptions } from './fork-smoke.ts';
export { rehearsalMarkdown, rehearsalText } from './tell.ts';
export { judge, missingEntries, printEntry, type RehearsalPolicy } from './allow-list.ts';
export type {
  AllowedDifference, ChaosCounts, CostPair, Difference, DifferenceExample, DifferenceKind, ForkReport, RehearsalCost, RehearsalReport, RehearsedInstance,
} from './report.ts';
