import type { MessageContract } from '@beamline/bundler';
import type { Layout } from '@beamline/ecs';
import type { ClientContract } from '@beamline/persistence';

/** What the deployer reads of a role in a release. `@beamline/bundler`'s `Release` satisfies it. */
export interface ReleasedRole {
  bundles: { lua: { sha256: string; bytes: number } };
  layout: Layout;
  layoutHash: string;
  /** Roles whose processes this one sends to. */
  dependsOn: readonly string[];
  shards: number;
  /** What clients send and read; absent in releases of old, whose clients nobody can speak for. */
  clients?: ClientContract;
  /** What it says to other roles, and wants to be told; absent likewise. */
  messages?: MessageContract;
}

/** An immutable release as far as a deployment needs it. */
export interface DeployableRelease {
  /** SHA-256 of the canonical manifest. */
  id: string;
  game: string;
  version: string;
  roles: Readonly<Record<string, ReleasedRole>>;
  /** As `migration(…)` of `@beamline/persistence` builds them. */
  migrations: readonly object[];
}

/** Where a runner finds the Lua source of a planned bundle. A missing one is a Fault before the first side effect. */
export interface BundleSource {
  lua(release: string, role: string): Promise<string>;
}
