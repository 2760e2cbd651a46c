import type { Assignment } from '@beamline/core';
import { mapOf } from '@beamline/kernel/operator';
import type { BundleSource } from '../release.ts';

/** Bundles, and their maps where they are kept. */
export interface RehearsalBundles extends BundleSource {
  /** The source map of a bundle: with it errors are told by their place in the sources. */
  map?(release: string, role: string): Promise<string | undefined>;
}

/** The release that a process was spawned with, by its first message. */
export const spawnedWith = ({ req }: Assignment): string => String(mapOf(req['body'])['beamline-release'] ?? '');
