export { createFsJournal, type FsJournalOptions } from './fs/fs-journal.ts';
export { createFsEnvironmentStore, type FsEnvironmentStoreOptions } from './fs/fs-environment-store.ts';
export { createFsLock, type FsLockOptions } from './fs/fs-lock.ts';
export { createFsRequests, type FsRequestsOptions } from './fs/fs-requests.ts';
