export {
  defineConfig,
  type BeamlineConfig, type EnvironmentConfig, type MigrationConfig, type NetworkConfig, type RoleConfig,
  type SecretReference, type ServeConfig,
} from './config.ts';
export { loadConfig, type LoadedConfig } from './load-config.ts';
export { validateConfig } from './validate-config.ts';
export {
  overallHealth,
  type DeploymentState, type DeploymentStatus, type Health, type InstanceStatus, type RatePoint, type SnapshotStatus, type StatusReport,
} from './status.ts';
export type { Happening, Timeline, TimelineEvent, TimelineQuery } from './timeline/timeline.ts';
export { createMemoryTimeline } from './timeline/memory-timeline.ts';
export { createFileTimeline, type FileTimelineOptions } from './timeline/file-timeline.ts';
