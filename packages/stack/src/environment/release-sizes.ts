import type { BundledModule, Release, ReleaseRole } from '@beamline/bundler';
import { originOf, type Origin } from '@beamline/bundler/analysis';

/** One source in a role's bundle. Bytes are those of the Lua bundle; 0 where it is not part of one of the two. */
export interface ModuleBytes {
  path: string;
  origin: Origin;
  bytes: number;
  /** In the release before; absent when there is none. */
  before?: number;
}

export interface RoleBytes {
  role: string;
  bytes: number;
  gzipBytes: number;
  before?: { bytes: number; gzipBytes: number };
  /** Largest first, by the larger of the two. */
  modules: readonly ModuleBytes[];
}

/** What the bundles of a release consist of, beside those of the release before. */
export interface ReleaseSizes {
  release: { id: string; version: string };
  before?: { id: string; version: string };
  roles: readonly RoleBytes[];
}

export function releaseSizes(release: Release, before: Release | undefined): ReleaseSizes {
  return {
    release: { id: release.id, version: release.version },
    ...(before && { before: { id: before.id, version: before.version } }),
    roles: Object.entries(release.roles).map(([role, { bundles: { lua } }]) => roleBytes(role, lua, before?.roles[role]?.bundles.lua)),
  };
}

type LuaBundle = ReleaseRole['bundles']['lua'];

function roleBytes(role: string, now: LuaBundle, then: LuaBundle | undefined): RoleBytes {
  const [present, past] = [bytesByPath(now.modules), bytesByPath(then?.modules ?? [])];
  const modules = [...new Set([...present.keys(), ...past.keys()])].map((path): ModuleBytes => ({
    path, origin: originOf(path), bytes: present.get(path) ?? 0, ...(then && { before: past.get(path) ?? 0 }),
  }));
  const most = ({ bytes, before = 0 }: ModuleBytes): number => Math.max(bytes, before);
  return {
    role, bytes: now.bytes, gzipBytes: now.gzipBytes, ...(then && { before: { bytes: then.bytes, gzipBytes: then.gzipBytes } }),
    modules: modules.sort((a, b) => most(b) - most(a) || (a.path < b.path ? -1 : 1)),
  };
}

const bytesByPath = (modules: readonly BundledModule[]): Map<string, number> => new Map(modules.map(({ path, bytes }) => [path, bytes]));
