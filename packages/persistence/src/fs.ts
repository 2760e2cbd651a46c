export { createFsStore, type FsStoreOptions } from './stores/fs-store.ts';
export { nodeDisk, type Disk } from './stores/disk.ts';
