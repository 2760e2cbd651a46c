export { describeJournal, type Subject } from './testing/journal-contract.ts';
export { describeEnvironmentStore } from './testing/environment-store-contract.ts';
export { describeRequests } from './testing/requests-contract.ts';
export { describeLock } from './testing/lock-contract.ts';
export { createFakeNetwork, type FakeNetwork, type FakeNetworkOptions } from './testing/fake-network.ts';
export type { FakeProcess, FakeSlot, Incoming } from './testing/fake-process.ts';
export { createSteppingClock } from './testing/stepping-clock.ts';
export { createFatalStep, type FatalStep } from './testing/fatal-step.ts';
