export { createFsStore, type FsStoreOptions } from './stores/fs-store.ts';
export { createFsBucket, type FsBucketOptions } from './bucket/fs-bucket.ts';
export { nodeDisk, type Disk } from './stores/disk.ts';
export { createFsDrillLedger, type FsDrillLedgerOptions } from './drill/fs-drill-ledger.ts';
export { createFsLedger } from './anchor/fs-ledger.ts';
export {
  extractArchive, openArchiveFile, writeArchiveFile, type ArchiveFile, type ExtractArchiveOptions, type WriteArchiveFileOptions,
} from './archive/archive-file.ts';
export { openLog, type Log, type LogOptions } from './log/open-log.ts';
export { readLog, type ReadLogOptions } from './log/read-log.ts';
export { nodeLogDisk, type LogDisk, type LogFile } from './log/log-disk.ts';
