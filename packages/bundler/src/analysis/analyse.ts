import { adviseOn } from './advice.ts';
import type { Analysis, Duplicate, RoleSizes } from './analysis.ts';
import { measureRole, type MeasuredBundle } from './measure-role.ts';
import { GUARDS } from './origin-of.ts';

/**
 * Says where the bytes of bundles are, why, and what would save most. Pure: the same bundles give the same analysis. One
 * bundle a role.
 */
export function analyse(bundles: readonly MeasuredBundle[]): Analysis {
  const measured = bundles.map(measureRole);
  const sizes = measured.map(({ sizes: each }) => each);
  return {
    version: 1,
    roles: Object.fromEntries(sizes.map((each) => [each.role, each])),
    duplicates: duplicatesOf(sizes),
    advice: adviseOn(measured),
  };
}

function duplicatesOf(roles: readonly RoleSizes[]): Duplicate[] {
  const bytes = new Map<string, Record<string, number>>();
  for (const { role, modules } of roles) {
    for (const { path, bytes: size } of modules) if (path !== GUARDS) bytes.set(path, { ...bytes.get(path), [role]: size });
  }
  return [...bytes].filter(([, byRole]) => Object.keys(byRole).length > 1).map(([path, byRole]) => {
    const list = Object.values(byRole);
    return { path, bytes: byRole, extraBytes: list.reduce((sum, size) => sum + size, 0) - Math.max(...list) };
  }).sort((a, b) => b.extraBytes - a.extraBytes || (a.path < b.path ? -1 : 1));
}
