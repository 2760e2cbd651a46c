import type { Bundle, LuaTree } from '@beamline/bundler';

/** The bundler's `bundleLua`, loaded when it is asked for: a second of compilers that no other command needs. */
export async function bundleLua(tree: LuaTree): Promise<Bundle> {
  return (await import('@beamline/bundler')).bundleLua(tree);
}
