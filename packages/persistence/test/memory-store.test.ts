import { createMemoryStore } from '../src/stores/memory-store.ts';
import { describeSnapshotStore } from '../src/testing.ts';

describeSnapshotStore('memory', async () => ({ store: createMemoryStore(), dispose: async () => undefined }));
