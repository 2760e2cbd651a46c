import { join } from 'node:path';
import { columnSource, createSnapshotter, readColumns, type ColumnWorld } from '@beamline/persistence';
import { createFsStore } from '@beamline/persistence/fs';
import { measureAlternatives, measurePhysical } from './alternatives.ts';
import { bytesOf, crowdedWorld, touchPages } from './crowded-world.ts';
import { median, timed } from './measure.ts';

export const snapshotterOf = (world: ColumnWorld, root: string) =>
  createSnapshotter({ source: columnSource(world), store: createFsStore({ root }), game: 'bench', role: 'world', process: 'b'.repeat(43) });

/** Snapshots before those that count: code is compiled by then, in the threads, too. What it is compared with gets its runs ahead as well. */
const AHEAD = 6;

/** Whole, by 1 % of the pages, and back; against what else there is. */
export async function measureSnapshots(folder: string, quick: boolean): Promise<Record<string, number>> {
  const world = crowdedWorld(quick ? 50_000 : 1_000_000);
  const repeats = quick ? 5 : 9;
  for (let n = 0; n < AHEAD; n += 1) await snapshotterOf(world, join(folder, `ahead-${n}`)).snapshot();
  const whole: number[] = [];
  const increments: number[] = [];
  let bytes = 0;
  let bytesAdded = 0;
  let ref;
  let root = '';
  for (let n = 0; n < repeats; n += 1) {
    const snapshotter = snapshotterOf(world, join(folder, `store-${n}`));
    const first = await timed(1, () => snapshotter.snapshot());
    whole.push(first.ms);
    bytes = first.last.bytes;
    for (let change = 0; change < 5; change += 1) {
      touchPages(world, 100);
      const next = await timed(1, () => snapshotter.snapshot());
      increments.push(next.ms);
      bytesAdded = next.last.bytes;
      ({ ref, root } = next.last);
    }
  }
  const last = join(folder, `store-${repeats - 1}`);
  // A store opened anew for each, as a process that starts opens it.
  const restore = await timed(repeats, () => readColumns(createFsStore({ root: last }), ref!), 2);
  const again = await snapshotterOf(restore.last, join(folder, 'again')).snapshot();
  if (again.root !== root) throw new Error('the snapshot did not come back');

  const snapshotMs = median(whole);
  const physicalMs = await measurePhysical(world, join(folder, 'raw'), bytes, repeats);
  const other = await measureAlternatives(world, folder, quick ? 3 : 1);
  return {
    entities: world.tables[0]!.rows,
    snapshotMs,
    snapshotMBps: bytesOf(world) / 1e3 / snapshotMs,
    snapshotVsJsonGzip: other.jsonGzipMs / snapshotMs,
    snapshotVsMsgpackr: other.msgpackrMs / snapshotMs,
    snapshotVsProtobufPerEntity: other.protobufMs / snapshotMs,
    snapshotVsBitecs: other.bitecsMs / snapshotMs,
    snapshotVsPhysical: physicalMs / snapshotMs,
    syntheticDiskVsRaw: bytes / bytesOf(world),
    diskVsJsonGzip: bytes / other.jsonGzipBytes,
    incrementalMs: median(increments),
    incrementalTimeShare: median(increments) / snapshotMs,
    incrementalBytesShare: bytesAdded / bytes,
    restoreMs: restore.ms,
    restoreVsJson: other.jsonRestoreMs / restore.ms,
  };
}
