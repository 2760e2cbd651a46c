import type { Target } from './module-resolver.ts';

/** One role compiled for one target. */
export interface Bundle {
  role: string;
  target: Target;
  /** Lua: ASCII, defines the global `compute`. JavaScript: an ES module exporting `compute` and `role`. */
  code: string;
  /** Version 3 source map as JSON; sources relative to the project's root. */
  map: string;
  /** Lower-case hex of `code`. */
  sha256: string;
  bytes: number;
  gzipBytes: number;
  /** Bytes of `code` by source file, largest first. */
  modules: { path: string; bytes: number }[];
  warnings: string[];
}

/** A bundle may not be larger than this: what AO's modules are known to reach. */
export const MAX_BYTES = 500_000;
/** Above this, free uploads and the legacy scheduler's message gate are out of reach. */
export const WARN_BYTES = 102_400;
