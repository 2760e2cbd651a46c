import type { Layout } from '@beamline/ecs';
import type { Migration } from '@beamline/persistence';
import type { DeployableRelease, EnvironmentState, InstanceRecord, ReleasedRole } from '../src/index.ts';
import { aliasOf, emptyState, instanceId } from '../src/index.ts';

/** A layout with one component; its name and fields decide what it is. */
export function layout(component: string, ...fields: string[]): Layout {
  return {
    format: 1,
    components: [{ id: 1, name: component, fields: fields.map((name, n) => ({ id: n + 1, name, type: 'u16', length: 1, scale: 0 })) }],
  } as Layout;
}

export function role(bundle: string, of: Layout, options: Partial<ReleasedRole> = {}): ReleasedRole {
  return {
    bundles: { lua: { sha256: bundle, bytes: 1000 } }, layout: of, layoutHash: JSON.stringify(of), dependsOn: [], shards: 1, ...options,
  };
}

export function release(id: string, roles: Record<string, ReleasedRole>, migrations: readonly Migration[] = []): DeployableRelease {
  return { id: id.padEnd(64, '0'), game: 'arena', version: id, roles, migrations };
}

/** The environment as it is after `of` was deployed. */
export function running(of: DeployableRelease, previousRelease?: string): EnvironmentState {
  const instances: Record<string, InstanceRecord> = {};
  for (const [name, released] of Object.entries(of.roles)) {
    for (let shard = 0; shard < released.shards; shard += 1) {
      const id = instanceId(name, shard);
      instances[id] = {
        role: name, shard, process: `${of.version}-${id}`, alias: aliasOf('arena', 'local', name, shard), release: of.id,
        bundle: released.bundles.lua.sha256, layout: released.layout, layoutHash: released.layoutHash, since: 0, forwarders: [],
      };
    }
  }
  return { ...emptyState('local', 'arena'), release: of.id, instances, ...(previousRelease === undefined ? {} : { previousRelease }) };
}
