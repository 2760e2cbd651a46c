export { describeColumnSource, type SourceUnderTest } from './testing/column-source-contract.ts';
export { describeSnapshotStore, type StoreUnderTest } from './testing/snapshot-store-contract.ts';
export { failingDisk, type FailingDisk } from './testing/failing-disk.ts';
export { failingStore, type FailingStore } from './testing/failing-store.ts';
export { describeBucket, type BucketUnderTest } from './testing/bucket-contract.ts';
export { failingBucket, type FailingBucket, type FailingBucketOptions } from './testing/failing-bucket.ts';
export { describeDrillLedger, sampleDrill, type LedgerUnderTest } from './testing/drill-ledger-contract.ts';
export { createMemoryArweave, type MemoryArweave } from './testing/memory-arweave.ts';
export { describeArweave, type ArweaveUnderTest } from './testing/arweave-contract.ts';
