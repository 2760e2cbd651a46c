import { Fault, type AoMap, type Slot } from '@beamline/core';
import { mapOf, parseIndex, type PageText, type SnapshotIndex } from '@beamline/kernel/operator';
import { receiveImage } from '../receive-tables.ts';
import type { WorldImage } from '../world-image.ts';

/** What a program off the network left in `base.results` when it was asked for a snapshot. @throws Fault `persistence/replica-failed` */
export function indexOfSnapshot(slot: Slot, results: AoMap): SnapshotIndex {
  const output = mapOf(results['output']);
  if (output['outcome'] !== 'ok' || typeof output['data'] !== 'string') {
    throw new Fault('persistence/replica-failed', `the replica answered its snapshot with ${String(output['code'] ?? output['outcome'])}`, {
      hint: 'Give the bundle that the process runs: its manifest names it.',
    });
  }
  return parseIndex({ slot, data: output['data'] });
}

/** The world in it. @throws Fault `persistence/replica-failed`, `persistence/bad-snapshot` */
export async function imageOfSnapshot(slot: Slot, results: AoMap): Promise<WorldImage> {
  const index = indexOfSnapshot(slot, results);
  const chunks = mapOf(results['chunks']);
  const texts: PageText[] = index.chunks.flatMap(({ name, pages }) => {
    const parts = String(chunks[name] ?? '').split('|');
    return pages.map((page, n) => ({ ...page, text: parts[n] ?? '' }));
  });
  return receiveImage(index, texts);
}
