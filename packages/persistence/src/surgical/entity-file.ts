import type { ProcessId, Slot } from '@beamline/core';
import type { Layout } from '@beamline/ecs';
import type { TableImage } from '../world-image.ts';

/** A set of entities outside of any world, with everything needed to put it into one. */
export interface EntityFile {
  version: 1;
  /** SHA-256, hex, of what it says and holds: the same set exported twice has the same id. */
  id: string;
  game: string;
  role: string;
  /** Where it comes from. */
  process: ProcessId;
  slot: Slot;
  /** The line of processes it comes from, which keeps its handles: `$kernel`'s lineage, or ''. */
  lineage: string;
  layout: Layout;
  /** Handles as they were there, in the order they were reached. */
  entities: readonly number[];
  /** Entities that were alive there and are referred to, but were left out. */
  outside: readonly number[];
  /** Every component of the layout, with the rows of these entities in that order. */
  tables: readonly TableImage[];
  /** SHA-256 Merkle root over `entities`, `outside` and `tables`, as image-root.ts writes it down. */
  root: string;
}
