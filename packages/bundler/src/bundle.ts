import type { MessageContract } from './messages/message-contract.ts';
import type { Target } from './module-resolver.ts';

/** `aos`: the Lua bundle and what lets aos run it, as one chunk. */
export type BundleTarget = Target | 'aos';

/** One role compiled for one target. */
export interface Bundle {
  role: string;
  target: BundleTarget;
  /** Lua: ASCII, defines the global `compute`. aos: for Eval, or to boot from. JavaScript: an ES module exporting `compute` and `role`. */
  code: string;
  /** Version 3 source map as JSON; sources relative to the project's root. */
  map: string;
  /** Lower-case hex of `code`. */
  sha256: string;
  bytes: number;
  gzipBytes: number;
  /** Largest first. */
  modules: BundledModule[];
  warnings: string[];
  /** Of a Lua bundle: what the role says to others, and wants to be told. */
  messages?: MessageContract;
}

/** One source file in a bundle. */
export interface BundledModule {
  path: string;
  /** Of the bundle. */
  bytes: number;
  /** Of the source, lower-case hex; absent for what the build makes up, and in releases of before. */
  sha256?: string;
}

/** A bundle may not be larger than this: what AO's modules are known to reach. */
export const MAX_BYTES = 500_000;
/** Above this, free uploads and the legacy scheduler's message gate are out of reach. */
export const WARN_BYTES = 102_400;
