import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ColumnSource } from '../columns/column-source.ts';
import type { ColumnWorld } from '../columns/column-world.ts';
import { readColumns } from '../columns/read-columns.ts';
import { createSnapshotter } from '../columns/snapshotter.ts';
import { createMemoryStore } from '../stores/memory-store.ts';

export interface SourceUnderTest {
  /** Of a world with some thousand entities in at least two tables. */
  source: ColumnSource;
  /** Applies one more slot that changes the n-th entity, with n up to 1,000, and nothing else of what it holds. */
  change(n: number): void;
  /** Applies one more slot that makes or removes an entity. */
  grow(): void;
  /** Makes another, empty world hold this state. */
  load(world: ColumnWorld): ColumnSource;
}

const PROCESS = 'p'.repeat(43);

/** The contract every `ColumnSource` must pass, with the way back. Adapters call this from their own tests. */
export function describeColumnSource(kind: string, create: () => SourceUnderTest): void {
  describe(`ColumnSource contract: ${kind}`, () => {
    let subject: SourceUnderTest;
    beforeEach(() => { subject = create(); });
    const store = createMemoryStore();
    const snapshotter = (source: ColumnSource, breathe?: () => Promise<void>) =>
      createSnapshotter({ source, store, game: 'game', role: 'world', process: PROCESS, sliceBytes: 1, ...(breathe && { breathe }) });
    /** As somebody sees the state who knows nothing of what came before. */
    const rootOf = async (source: ColumnSource) => (await snapshotter(source).snapshot()).root;

    it('comes back from a store as it was, and goes on from there', async () => {
      const { ref, root } = await snapshotter(subject.source).snapshot();
      const stored = await readColumns(store, ref);
      expect([stored.slot, stored.layout]).toEqual([subject.source.slot(), subject.source.layout]);
      expect(await rootOf(subject.load(stored))).toBe(root);
    });

    it('costs nothing again while nothing changes', async () => {
      const taker = snapshotter(subject.source);
      const first = await taker.snapshot();
      const second = await taker.snapshot();
      expect(second).toMatchObject({ root: first.root, pages: first.pages });
      expect(second.bytes).toBeLessThan(2_000);
    });

    it('is the same whole and by increments, after changes, growth and a way back', async () => {
      const taker = snapshotter(subject.source);
      const roots = new Set([(await taker.snapshot()).root]);
      for (const act of [() => subject.change(0), () => subject.change(1_000), () => subject.grow(), () => subject.change(3)]) {
        act();
        const { root, ref } = await taker.snapshot();
        expect(root).toBe(await rootOf(subject.source));
        expect(await rootOf(subject.load(await readColumns(store, ref)))).toBe(root);
        roots.add(root);
      }
      expect(roots.size).toBe(5);
    });

    it('is whole as of one slot although it changes while it is read', async () => {
      let turns = 0;
      const { root, ref, slot } = await snapshotter(subject.source, async () => {
        turns += 1;
        if (turns === 2) subject.grow();
        if (turns % 3 === 1) subject.change(turns * 37 % 1_000);
      }).snapshot();
      expect(turns).toBeGreaterThan(5);
      const stored = await readColumns(store, ref);
      expect(stored.slot).toBe(slot);
      expect(await rootOf(subject.load(stored))).toBe(root);
    });

    it('goes on from a stored snapshot without reading what rests', async () => {
      const { ref } = await snapshotter(subject.source).snapshot();
      const source = subject.load(await readColumns(store, ref));
      const receipt = await createSnapshotter({ source, store, game: 'game', role: 'world', process: PROCESS, parent: ref }).snapshot();
      expect(receipt.bytes).toBeLessThan(2_000);
      expect(receipt.root).toBe(await rootOf(subject.source));
    });
  });
}
