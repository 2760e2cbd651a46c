export { buildRole, type RoleSource } from './build-role.ts';
export { buildRelease, type ReleaseBuild, type ReleaseSource, type RoleConfig, type WorldLock } from './build-release.ts';
export { MAX_BYTES, WARN_BYTES, type Bundle } from './bundle.ts';
export { describeRole, type DescribedRole, type DescribeInput } from './describe-role.ts';
export type { LintMode } from './lint/lint-live.ts';
export { mapLuaPosition, type SourcePosition } from './lua-position.ts';
export type { Target } from './module-resolver.ts';
export type { BundleRef, Manifest, MigrationSpec, Release, ReleaseRole } from './release.ts';
export { readRelease, writeRelease } from './release-store.ts';
