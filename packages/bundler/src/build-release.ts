import { resolve } from 'node:path';
import { layoutHash, lockLayout, type LayoutChange, type LayoutLock } from '@beamline/ecs';
import { buildAos } from './build-aos.ts';
import type { Bundle, BundleTarget } from './bundle.ts';
import type { LintMode } from './lint/lint-live.ts';
import type { Plugin } from './plugin.ts';
import { checkTags } from './process-tags.ts';
import { bundleRef, releaseId, type Lockfile, type Manifest, type MigrationSpec, type Release, type ReleaseRole } from './release.ts';
import type { RoleBuilder, RoleOptions } from './role-builder.ts';
import { toolchain } from './toolchain.ts';

export interface RoleConfig {
  entry: string;
  /** What is built besides `lua`, which is always. @default ['lua', 'js'] */
  targets?: readonly BundleTarget[];
  /** Processes that share the role's work. @default 1 */
  shards?: number;
  /** Roles that must be up first. @default [] */
  dependsOn?: readonly string[];
  /** Components that clients read as data. @default [] */
  reads?: readonly string[];
}

/** What `world.lock` holds: the ids of every component and field ever used, by role. */
export interface WorldLock {
  format: 1;
  roles: Readonly<Record<string, LayoutLock>>;
  /** Migrations that were released, as `@beamline/persistence` remembers them; nothing here looks inside. */
  migrations?: readonly object[];
}

export interface ReleaseSource {
  game: string;
  version: string;
  root: string;
  roles: Readonly<Record<string, RoleConfig>>;
  /** `world.lock` as it was; absent for the first release. */
  lock?: WorldLock;
  migrations?: readonly MigrationSpec[];
  define?: Readonly<Record<string, string>>;
  /** @default true */
  minify?: boolean;
  /** As for `buildRole`. @default 'warn' */
  lint?: LintMode;
  /** @default [] */
  plugins?: readonly Plugin[];
  /** Names of the environments that it is for: their processes carry them in tags. @default [] */
  environments?: readonly string[];
  commit?: string;
  lockfile?: Lockfile;
  onBundle?: (bundle: Bundle) => void;
  /** Makes a Lua bundle a chunk for aos, holding its text unchanged: `aosChunk` of `@beamline/ao/legacynet`. For targets `aos`. */
  aosChunk?: (source: string) => string;
}

export interface ReleaseBuild {
  release: Release;
  /** To be written to `world.lock` when the changes are meant. */
  lock: WorldLock;
  /** By role, what differs from the lock given. Empty for a first release. */
  changes: Readonly<Record<string, readonly LayoutChange[]>>;
  warnings: string[];
}

/** `buildRelease`, with what builds each role. */
export async function assembleRelease(source: ReleaseSource, builderOf: (options: RoleOptions) => RoleBuilder): Promise<ReleaseBuild> {
  const { game, version, roles, lock, migrations = [], define = {}, minify = true, lint = 'warn', plugins = [], environments = [], commit, lockfile, onBundle, aosChunk } = source;
  const root = resolve(source.root);
  const files: Record<string, string> = {};
  const warnings: string[] = [];
  const built: Record<string, ReleaseRole> = {};
  const locks: Record<string, LayoutLock> = { ...lock?.roles };
  const changes: Record<string, readonly LayoutChange[]> = {};

  for (const [role, { entry, targets = ['lua', 'js'], shards = 1, dependsOn = [], reads = [] }] of Object.entries(roles)) {
    const builder = builderOf({ role, entry: resolve(root, entry), root, minify, define, lint, plugins });
    const { layout, actions } = await builder.describe();
    checkTags({ role, entry, shards, actions }, environments);
    const verdict = lockLayout(lock?.roles[role], layout);
    locks[role] = verdict.lock;
    changes[role] = verdict.changes;
    const keep = (bundle: Bundle) => {
      const ref = bundleRef(bundle);
      files[ref.file] = bundle.code;
      files[ref.map] = bundle.map;
      warnings.push(...bundle.warnings.map((warning) => `${role} (${bundle.target}): ${warning}`));
      onBundle?.(bundle);
      return ref;
    };
    const program = await builder.build('lua', verdict.layout);
    const lua = keep(program);
    const aos = targets.includes('aos') ? keep(buildAos(program, aosChunk)) : undefined;
    // There is no JavaScript of a role written in Lua.
    const js = targets.includes('js') && !entry.endsWith('.lua') ? keep(await builder.build('js', verdict.layout)) : undefined;
    built[role] = { bundles: { lua, ...(aos && { aos }), ...(js && { js }) }, layout: verdict.layout, layoutHash: layoutHash(verdict.layout), dependsOn, shards, clients: { actions, reads }, ...(program.messages && { messages: program.messages }) };
  }
  const manifest: Omit<Manifest, 'id'> = {
    format: 1, game, version, roles: built, migrations, toolchain, ...(commit !== undefined && { commit }), ...(lockfile && { lockfile }),
  };
  return { release: { ...manifest, id: releaseId(manifest), files }, lock: { ...lock, format: 1, roles: locks }, changes, warnings };
}
