import type { Analysis, ModuleSize, RoleSizes } from '../../src/analysis/index.ts';
import { originOf } from '../../src/analysis/origin-of.ts';

/** A role of the given modules, with one system `decay` in the first. */
export function role(name: string, modules: Record<string, number>, decayBytes = 100): RoleSizes {
  const bytes = Object.values(modules).reduce((sum, size) => sum + size, 0);
  const list = Object.entries(modules).map(([path, size]): ModuleSize => ({ path, origin: originOf(path), bytes: size, gzipBytes: Math.ceil(size / 2), share: size / bytes, why: ['main.ts', 'barrel.ts', path] }));
  return {
    role: name, target: 'lua', entry: 'main.ts', bytes, gzipBytes: Math.ceil(bytes / 2), libraries: [], modules: list.sort((a, b) => b.bytes - a.bytes),
    parts: [{ kind: 'system', name: 'decay', module: 'decay.ts', line: 3, bytes: 40, savedBytes: decayBytes, gzipBytes: 20, share: 40 / bytes, uses: [], why: ['main.ts', 'decay.ts'] }],
  };
}

export function analysisOf(...roles: RoleSizes[]): Analysis {
  return { version: 1, roles: Object.fromEntries(roles.map((each) => [each.role, each])), duplicates: [], advice: [] };
}
