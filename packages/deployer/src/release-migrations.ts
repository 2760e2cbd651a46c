import { Fault } from '@beamline/core';
import type { Migration } from '@beamline/persistence';
import type { DeployableRelease } from './release.ts';

/**
 * The migrations of one role, oldest first. A release carries them as data that nobody has looked at yet.
 * @throws Fault `deployer/bad-migration`
 */
export function migrationsOf({ version, migrations }: DeployableRelease, role: string): Migration[] {
  return migrations.map((found, n) => {
    const { version: format, name, from, steps } = found as Partial<Migration>;
    const whole = format === 1 && typeof name === 'string' && typeof from?.role === 'string' && Array.isArray(steps);
    if (whole) return found as Migration;
    throw new Fault('deployer/bad-migration', `migration ${n + 1} of release ${version} is no migration of version 1`, {
      hint: 'Build it with migration({ name, from, steps }) of @beamline/persistence, and bundle again.',
    });
  }).filter(({ from }) => from.role === role);
}
