import { decode } from '@jridgewell/sourcemap-codec';

/** A place in the game's sources. */
export interface SourcePosition {
  /** Relative to the project's root. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

/**
 * Where a place in a bundle came from. Lua's errors name a line only: without `column`, the first mapped place of the
 * line. `line` and `column` count from 1. Undefined for generated code and lines outside the map.
 */
export function mapLuaPosition(map: string, line: number, column?: number): SourcePosition | undefined {
  const { sources, mappings } = JSON.parse(map) as { sources: string[]; mappings: string };
  const segments = decode(mappings)[line - 1] ?? [];
  const before = column === undefined ? segments : segments.filter(([start]) => start < column);
  const segment = (column === undefined ? segments[0] : before[before.length - 1]) ?? segments[0];
  if (!segment || segment.length === 1) return undefined;
  return { file: sources[segment[1]] ?? '', line: segment[2] + 1, column: segment[3] + 1 };
}
