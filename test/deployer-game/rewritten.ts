import { createHash } from 'node:crypto';
import type { DeployableRelease, ReleasedRole } from '@beamline/deployer';
import type { Release } from '@beamline/bundler';
import type { Studio } from './setup.ts';

/** A release with other Lua for some roles, of the same layouts; the studio's bundles have it from then on. */
export function rewritten({ options }: Studio, release: Release, name: string, change: (source: string, role: string) => string): DeployableRelease {
  const id = sha256(name);
  const roles: Record<string, ReleasedRole> = {};
  const sources: Record<string, string> = {};
  for (const [role, released] of Object.entries(release.roles)) {
    const source = change(release.files[`${role}.lua`]!, role);
    sources[role] = source;
    roles[role] = { ...released, bundles: { lua: { sha256: sha256(source), bytes: source.length } } };
  }
  const { lua } = options.bundles;
  options.bundles = { lua: async (wanted, role) => (wanted === id ? sources[role]! : lua(wanted, role)) };
  return { ...release, id, roles };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
