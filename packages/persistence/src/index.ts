export { formatRef, parseRef, type SnapshotRef } from './snapshot-ref.ts';
export type { Page, PageId, SnapshotStore, Written } from './snapshot-store.ts';
export { createMemoryStore } from './stores/memory-store.ts';
export type { BlockedTable, Manifest, PageEntry, SnapshotContent, StoredManifest, TableEntry } from './manifest.ts';
export { decodeManifest, encodeManifest } from './manifest-codec.ts';
export { readManifest, readStoredManifest } from './read-manifest.ts';
export { contentsOf, type SnapshotContents } from './snapshot-contents.ts';
export { BLOCK_PAGES, decodeIndexBlock, encodeIndexBlock, indexBlocks } from './index-block.ts';
export { tableNamed, type Cells, type TableImage, type WorldImage } from './world-image.ts';
export { imageRoot, rootOf, type TableDigest } from './image-root.ts';
export { imageDigest } from './image-digest.ts';
export { readImage } from './read-image.ts';
export { writeImage, type SnapshotReceipt, type WriteImageOptions } from './write-image.ts';
export { migration, type FieldSpec, type Migration, type MigrationStep, type Value } from './migration/migration.ts';
export {
  addComponent, addField, dropComponent, dropField, merge, renameComponent, renameField, split,
  type AddComponentOptions, type MergeOptions,
} from './migration/steps.ts';
export { migrateImage } from './migration/migrate-image.ts';
export { migrateAlong } from './migration/migrate-along.ts';
export { arrangeTables } from './migration/arrange-tables.ts';
export { reverseMigration, type Reversal } from './migration/reverse-migration.ts';
export { layoutVerdict, type LayoutVerdict } from './migration/layout-verdict.ts';
export { takeSnapshot, type TakeSnapshotOptions } from './take-snapshot.ts';
export { restoreImage, type Restored, type RestoreImageOptions } from './restore-image.ts';
export { restoreSnapshot, type RestoreSnapshotOptions } from './restore-snapshot.ts';
export { createReplica, type Replica, type ReplicaOptions } from './recovery/replica.ts';
export { recover, type RecoverOptions, type RecoveryReport } from './recovery/recover.ts';
export { replayTail, type ReplayTailOptions, type TailReplayed } from './recovery/replay-tail.ts';
export { ownerHistory, type OwnerHistory } from './recovery/owner-history.ts';
export {
  cellsOf, createColumnTable, setRows, touch, type ColumnCells, type ColumnTable, type ColumnWorld,
} from './columns/column-world.ts';
export { columnSource, type ColumnSource, type TableSource } from './columns/column-source.ts';
export { createSnapshotter, type ColumnReceipt, type Snapshotter, type SnapshotterOptions } from './columns/snapshotter.ts';
export { readColumns } from './columns/read-columns.ts';
export { ecsSource, loadEcsWorld } from './columns/ecs-world.ts';
export type { Bucket, BucketEntry } from './bucket/bucket.ts';
export { createMemoryBucket, type MemoryBucket } from './bucket/memory-bucket.ts';
export { createBucketStore } from './bucket/bucket-store.ts';
export { DEFAULT_GRACE_MS, type CollectOptions, type Collected } from './collect/collect.ts';
export { openOfflineProcess, type OfflineProcess, type OfflineProcessOptions } from './recovery/offline-process.ts';
export type { DrillReport } from './drill/drill-report.ts';
export { runDrill, type DrillSite, type RunDrillOptions } from './drill/run-drill.ts';
export { createMemoryDrillLedger, verdicts, type DrillLedger } from './drill/drill-ledger.ts';
export { paceOfDrills, snapshotCadence, type Cadence, type RecoveryPace } from './drill/recovery-target.ts';
export { recoveryAlerts, type RecoveryAlert, type RecoveryFacts, type RecoveryPolicy } from './drill/recovery-alert.ts';
export { recoveryMetrics, recoveryRules, type RecoveryMetrics } from './drill/recovery-metrics.ts';
export { prove, proofName, type Proof, type ProveOptions } from './proof/prove.ts';
export { verifyProof, type Proved } from './proof/verify-proof.ts';
export { sealKey, type KeyRing, type SealKey } from './sealed/seal-key.ts';
export { createEncryptedBucket, type EncryptedBucketOptions } from './sealed/encrypted-bucket.ts';
