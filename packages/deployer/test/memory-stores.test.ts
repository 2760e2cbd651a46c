import { createMemoryEnvironmentStore, createMemoryJournal, createMemoryLock, createMemoryRequests } from '../src/index.ts';
import { describeEnvironmentStore, describeJournal, describeLock, describeRequests } from '../src/testing.ts';

const dispose = async () => undefined;
describeJournal('memory', async () => ({ subject: createMemoryJournal(), dispose }));
describeEnvironmentStore('memory', async () => ({ subject: createMemoryEnvironmentStore(), dispose }));
describeLock('memory', async () => ({ subject: createMemoryLock(), dispose }));
describeRequests('memory', async () => ({ subject: createMemoryRequests(), dispose }));
