import { LUALIB } from '../lualib-origins.ts';
import type { Origin } from './analysis.ts';

/** The compiler's prelude: what is in a bundle and comes from no source. */
export const GUARDS = '(guards)';
/** The lines that hand the role to the kernel. */
export const START = '(start)';

/** What a module belongs to, by its path. */
export function originOf(path: string): Origin {
  if (path === GUARDS) return 'guards';
  if (path.startsWith(LUALIB)) return 'typescript-to-lua';
  if (path.startsWith('@beamline/ecs/')) return 'ecs';
  if (path === START || path.startsWith('@beamline/kernel/')) return 'kernel';
  if (packageOf(path) !== undefined) return 'package';
  return path.endsWith('.json') ? 'data' : 'game';
}

/** Name of the library a module is counted to. */
export function libraryOf(path: string): string {
  const origin = originOf(path);
  return origin === 'package' ? (packageOf(path) ?? path) : origin;
}

function packageOf(path: string): string | undefined {
  return /^(?:.*node_modules\/)?(@[^/]+\/[^/]+)\//.exec(path)?.[1] ?? /^.*node_modules\/([^/]+)\//.exec(path)?.[1];
}
