export { describeJournal, type Subject } from './testing/journal-contract.ts';
export { describeEnvironmentStore } from './testing/environment-store-contract.ts';
export { describeLock } from './testing/lock-contract.ts';
