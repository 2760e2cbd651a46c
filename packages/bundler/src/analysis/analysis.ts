import type { BundleTarget } from '../bundle.ts';

/** What a stretch of a bundle belongs to. */
export type Origin = 'game' | 'data' | 'ecs' | 'kernel' | 'package' | 'typescript-to-lua' | 'guards';

/** Bytes of one thing in one bundle. */
export interface Size {
  /** Minified, as it is in the bundle. */
  bytes: number;
  /** In the readable print of the same program. Absent when none was made. */
  rawBytes?: number;
  /** Its part of the bundle's gzip size: compressed by itself, then scaled so that all modules add up to the bundle. */
  gzipBytes: number;
  /** Of the role's bytes, 0–1. */
  share: number;
}

export interface ModuleSize extends Size {
  /** Relative to the root, or `<package>/<path>`; `(guards)` is the compiler's own prelude. */
  path: string;
  origin: Origin;
  /** Shortest way of imports from the role's entry to it, both included, barrels too. */
  why: string[];
}

export interface LibrarySize extends Size {
  /** An origin, or the name of another package. */
  name: string;
  modules: number;
}

/** A system, component or action handler that a role lists. */
export interface PartSize extends Size {
  kind: 'system' | 'component' | 'action';
  /** As the role knows it. */
  name: string;
  /** Where it is defined. */
  module: string;
  line: number;
  /** Minified bytes that would go with it: its own, and what nothing else names. */
  savedBytes: number;
  /** Declarations of the bundle that mention it. */
  uses: string[];
  why: string[];
}

/** What a component costs: its code in the bundle, and its data a row. */
export interface ComponentSize {
  name: string;
  /** Minified bytes of its definition; what encodes columns is the same for all: `RoleSizes.encoderBytes`. */
  codeBytes: number;
  columns: number;
  /** Columns of text: what they hold comes on top of what follows. */
  texts: number;
  /** A row in pages on disk, before they are compressed. */
  pageRowBytes: number;
  /** A row in the messages of snapshots, deltas and restores: decimals with a separator each. */
  messageRowBytes: { least: number; most: number };
}

export interface RoleSizes {
  role: string;
  target: BundleTarget;
  entry: string;
  bytes: number;
  gzipBytes: number;
  rawBytes?: number;
  /** Each largest first, then by name. `libraries` and `modules` add up to the role. */
  libraries: LibrarySize[];
  modules: ModuleSize[];
  parts: PartSize[];
  /** Widest rows first. Absent where the layout was not given. */
  components?: ComponentSize[];
  /** Of the modules that turn columns into text and back. */
  encoderBytes?: number;
}

/** A module that several roles carry. */
export interface Duplicate {
  path: string;
  /** Minified bytes by role. */
  bytes: Readonly<Record<string, number>>;
  /** All but the largest: what sharing it could save at most. */
  extraBytes: number;
}

export interface Advice {
  rule: 'lua-library' | 'single-use' | 'kept-by-effect' | 'many-strings' | 'shared-system';
  role: string;
  /** Sentence with the numbers of this bundle, and what to do. */
  say: string;
  /** At most, in minified bytes, as measured. */
  savesBytes: number;
}

/** Where the bytes of a game's bundles are. Plain data. */
export interface Analysis {
  version: 1;
  /** By role. */
  roles: Readonly<Record<string, RoleSizes>>;
  /** Most extra bytes first. */
  duplicates: Duplicate[];
  /** What saves most first. */
  advice: Advice[];
}
