export {
  defineConfig,
  type BeamlineConfig, type EnvironmentConfig, type NetworkConfig, type RoleConfig,
  strategies, type AnchorConfig, type SecretReference, type ServeConfig, type SigningConfig, type StrategyName, type WebhookConfig,
} from './config.ts';
export { DURATION, durationMs, type Duration } from './duration.ts';
export type { ProtectionPolicy, RecoveryStatus } from './protection/recovery-status.ts';
export type { Drilled } from './protection/protection.ts';
export { loadConfig, type LoadedConfig } from './load-config.ts';
export { validateConfig } from './validate-config.ts';
export {
  overallHealth,
  type DeploymentState, type DeploymentStatus, type Health, type InstanceStatus, type RatePoint, type SnapshotStatus, type StatusReport,
} from './status.ts';
export type { Happening, Timeline, TimelineEvent, TimelineQuery } from './timeline/timeline.ts';
export { createMemoryTimeline } from './timeline/memory-timeline.ts';
export { createFileTimeline, type FileTimelineOptions } from './timeline/file-timeline.ts';
export { createStack, type Stack, type StackOverrides } from './create-stack.ts';
export type { LocalPlace } from './network/local-place.ts';
export type { DraftOptions, MigrationDraft } from './draft-migrations.ts';
export type { LintOptions, LintReport } from './lint-game.ts';
export type { BuiltRelease, BundleOptions } from './bundle.ts';
export type { WatchedBuild } from './watch-bundles.ts';
export type { AnalyseOptions } from './bundle-sizes.ts';
export { findInRole, reportHtml, reportMarkdown, type Analysis, type ModuleSize, type PartSize, type SizesBaseline } from '@beamline/bundler/analysis';
export type { ShrinkingVerdict, TracedError } from '@beamline/bundler/verify';
export { describeTraced } from './environment/explain-process.ts';
export type { ReleaseShelf } from './release-shelf.ts';
export type { SnapshotRollback, SnapshotRollbackReport } from './environment/snapshot-rollback.ts';
export type { Environment, EnvironmentParts, PlanChoice, RollbackChoice, SnapshotChoice, SnapshotSelection } from './environment/environment.ts';
export type { ProcessVerdict } from './integrity/verify-process.ts';
export type { ModuleBytes, ReleaseSizes, RoleBytes } from './environment/release-sizes.ts';
export type { RestoreReport } from './environment/restore-instance.ts';
export type { AnchorOptions, Anchors, AnchorTaken, ProofTaken } from './anchor/anchors.ts';
export type { SnapshotTaken } from './environment/take-snapshots.ts';
export { formatRef, parseRef, recoveryRules, type SnapshotRef, type AnchorVerdict, type Proved } from '@beamline/persistence';
export { bundleLua } from './bundle-lua.ts';
export type { Bundle, LintMode, LuaTree, Plugin, Release } from '@beamline/bundler';
export { assertUnderstood, describeBroken, parsePlan, printPlan, stateMachineOf } from '@beamline/deployer';
export type { DeploymentPlan, DeploymentReport, EnvironmentState, Outcome, PlanRequest, Probe, ProbeContext, SavedPlan, StateMachine } from '@beamline/deployer';
export {
  forkProcess, lastPort, launchLocalNetwork, networkStatus, parseLimits, resetNetwork, stopNetwork,
  type Fork, type LaunchedNetwork, type NetworkStatus, type RunningNetwork,
} from '@beamline/ao/local';
export { createHyperbeam } from '@beamline/ao';
export { distantNetwork, type DistantNetwork } from './network/distant-network.ts';
export { evalsOf } from '@beamline/ao/legacynet';
export type { Choice, Decision, DeploymentDetail, DeploymentEntry, Deployments, DeploymentStanding } from './deployments/deployments.ts';
export type { Preview, PreviewOptions, PreviewReport, Previews, PreviewStatus } from './preview/previews.ts';
export type { WebhookEvent } from './webhook/webhook.ts';
export type { BackupConfig, BackupStoreConfig, S3StoreConfig } from './backup/backup-config.ts';
export type { ArchiveWritten, BackedUp, Backup, BackupCreated, BackupPruned, StoreFailure } from './backup/backup.ts';
export type {
  DiffRequest, EditOutcome, ExportedEntities, ExportRequest, RestoreRequest, WorldDiff, WorldReport, Worlds,
} from './worlds/worlds.ts';
export { describeConflict, type Condition, type Follow, type ImportOptions, type ImportPlan, type RestorePreview, type Selection, type WorldChange } from '@beamline/persistence';
export { missingEntries, printEntry, rehearsalMarkdown, rehearsalText, type AllowedDifference, type Rehearsed, type RehearsalReport } from '@beamline/deployer/rehearsal';
export type { RehearsalConfig } from './rehearsal/rehearsal-config.ts';
export type { RehearsalChoice } from './rehearsal/rehearsals.ts';
