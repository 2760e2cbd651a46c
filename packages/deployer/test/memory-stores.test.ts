import { createMemoryEnvironmentStore, createMemoryJournal, createMemoryLock } from '../src/index.ts';
import { describeEnvironmentStore, describeJournal, describeLock } from '../src/testing.ts';

const dispose = async () => undefined;
describeJournal('memory', async () => ({ subject: createMemoryJournal(), dispose }));
describeEnvironmentStore('memory', async () => ({ subject: createMemoryEnvironmentStore(), dispose }));
describeLock('memory', async () => ({ subject: createMemoryLock(), dispose }));
