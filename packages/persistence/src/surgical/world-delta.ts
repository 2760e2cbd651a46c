import { Fault } from '@beamline/core';
import type { SnapshotReply } from '@beamline/kernel/operator';
import { receiveTables } from '../receive-tables.ts';
import { pageOf, tableNamed, tableOfPages, type WorldImage } from '../world-image.ts';

/**
 * The state a process answered with, where it sent only pages written since `before`; every page and the whole are
 * compared with the digests it gave.
 * @throws Fault `persistence/bad-snapshot`
 */
export async function withDelta(before: WorldImage, { index, pages }: SnapshotReply, signal?: AbortSignal): Promise<WorldImage> {
  const received = await receiveTables(index, pages(signal));
  const tables = received.map(({ name, columns, pages: listed }) => {
    const old = tableNamed(before, name);
    const images = listed.map(({ image }, n) => {
      if (image !== undefined) return image;
      if (old !== undefined && n * 1024 < old.rows) return pageOf(old, n);
      throw new Fault('persistence/bad-snapshot', `the delta of slot ${index.slot} lacks page ${n} of table ${name}`, {
        hint: 'Take a full snapshot.', retryable: true, details: { slot: index.slot },
      });
    });
    return tableOfPages(name, columns, images, listed.map(({ stamp }) => stamp));
  });
  return { slot: index.slot, layout: index.layout, tables };
}
