import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { emptyState } from '@beamline/deployer';
import { createMemoryStore, formatRef, writeImage, type SnapshotStore } from '@beamline/persistence';
import { createSnapshotCatalogue } from '../src/environment/snapshot-catalogue.ts';
import { createMemoryTimeline } from '../src/timeline/memory-timeline.ts';

const put = (store: SnapshotStore, process: string, slot: number) => writeImage({
  store, game: 'arena', role: 'world', process,
  image: { slot, layout: 'l', tables: [{ name: 'Score', columns: [{ name: '$entity', kind: 'eid' }], rows: 1, data: [[1]], stamps: [slot] }] },
});
const state = { ...emptyState('local', 'arena'), instances: { 'world-0': { process: 'p1' } as never } };

it('lists what the store has, newest first, with what the timeline remembers', async () => {
  const clock = createManualClock(1_000);
  const [store, events] = [createMemoryStore(), createMemoryTimeline({ clock })];
  const first = await put(store, 'p1', 5);
  events.publish({ kind: 'snapshot', instance: 'world-0', slot: 5, ref: formatRef(first.ref), bytes: 400, pages: 1, pagesReused: 0, ms: 3 });
  await clock.advance(1_000);
  const second = await put(store, 'p1', 9);
  events.publish({ kind: 'snapshot', instance: 'world-0', slot: 9, ref: formatRef(second.ref), bytes: 90, pages: 1, pagesReused: 1, ms: 2 });
  expect(await createSnapshotCatalogue(store, events).list(state)).toMatchObject([
    { instance: 'world-0', slot: 9, at: 2_000, bytesAdded: 90, pagesReused: 1, pages: 1, root: second.root, ref: formatRef(second.ref) },
    { instance: 'world-0', slot: 5, at: 1_000, bytesAdded: 400 },
  ]);
});

it('lists a snapshot nobody told of, under the instance its process serves or served', async () => {
  const store = createMemoryStore();
  await put(store, 'p1', 5);
  await put(store, 'p0', 3);
  const history = [{ instances: { 'world-0': { blue: 'p0', green: 'p1' } } } as never];
  const list = await createSnapshotCatalogue(store, createMemoryTimeline({ clock: createManualClock() })).list({ ...state, history });
  expect(list).toMatchObject([{ instance: 'world-0', slot: 5, at: 0 }, { instance: 'world-0', slot: 3 }]);
});

it('leaves out a snapshot whose manifest is damaged', async () => {
  const store = createMemoryStore();
  await put(store, 'p1', 5);
  const damaged: SnapshotStore = { ...store, getManifest: async (asked) => (await store.getManifest(asked)).map((byte, at) => (at === 9 ? byte ^ 1 : byte)) };
  expect(await createSnapshotCatalogue(damaged, createMemoryTimeline({ clock: createManualClock() })).list(state)).toEqual([]);
});
