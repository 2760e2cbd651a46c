import { afterEach, describe, expect, it } from '@jest/globals';
import { createMemoryStore, createSnapshotter, readColumns, type Adapter, type ColumnWorld } from '../../src/index.ts';
import { describeColumnSource } from '../../src/testing.ts';
import { endKootaWorlds, inBitecs, inKoota, inMiniplex, type Played } from './games.ts';

interface Kind {
  name: string;
  open(options?: { relations?: boolean; empty?: boolean }): Played<unknown>;
  relations: boolean;
}
const kinds: Kind[] = [
  { name: 'bitECS', open: (options) => inBitecs(options) as Played<unknown>, relations: true },
  { name: 'koota', open: (options) => inKoota(options) as Played<unknown>, relations: true },
  { name: 'miniplex', open: (options) => inMiniplex(options) as Played<unknown>, relations: false },
];
afterEach(endKootaWorlds);
const store = createMemoryStore();
const take = ({ source }: Adapter<unknown>) => createSnapshotter({ source, store, game: 'game', role: 'world', process: 'w'.repeat(43) }).snapshot();
const load = (kind: Kind, columns: ColumnWorld, relations = false): Played<unknown> => {
  const other = kind.open({ relations, empty: true });
  other.time.slot = columns.slot;
  other.adapter.load(columns);
  return other;
};

for (const kind of kinds) {
  describeColumnSource(kind.name, () => {
    const { adapter, game, entities, time } = kind.open();
    return {
      source: adapter.source,
      change(n) {
        time.slot += 1;
        game.position(entities[n], time.slot * 31, n);
      },
      grow() {
        time.slot += 1;
        game.health(game.spawn(), 7);
        game.remove(entities[1_050 + time.slot]);
      },
      load: (columns) => load(kind, columns).adapter.source,
    };
  });

  describe(`a ${kind.name} world`, () => {
    it('comes back with every value, reference and tag, whatever handles its entities have', async () => {
      const played = kind.open();
      for (const n of [3, 0, 700]) played.game.remove(played.entities[n]);
      const { ref } = await take(played.adapter);
      const other = load(kind, await readColumns(store, ref));
      const ids = played.entities.map((entity) => played.adapter.idOf(entity)).filter((id) => id !== 0);
      expect(ids).toHaveLength(2_497);
      for (const id of ids) expect(other.see(other.adapter.entityOf(id))).toEqual(played.see(played.adapter.entityOf(id)));
    });

    it('gives an entity the same name for as long as it lives, and a new one to whoever comes later', async () => {
      const played = kind.open();
      await take(played.adapter);
      const first = played.adapter.idOf(played.entities[5]);
      played.time.slot += 1;
      played.game.remove(played.entities[2_000]);
      const later = played.game.spawn();
      await take(played.adapter);
      expect(played.adapter.idOf(played.entities[5])).toBe(first);
      expect(played.adapter.entityOf(played.adapter.idOf(later))).toBe(later);
    });

    it('is not loaded over another one, nor from another game, and keeps what it has', async () => {
      const played = kind.open();
      const stored = await readColumns(store, (await take(played.adapter)).ref);
      expect(() => played.adapter.load(stored)).toThrow(expect.objectContaining({ code: 'persistence/not-empty' }));
      const other = kind.open({ empty: true });
      expect(() => other.adapter.load({ ...stored, layout: 'another' })).toThrow(expect.objectContaining({ code: 'persistence/layout-mismatch' }));
      expect([...other.adapter.source.tables()].find(({ name }) => name === '$entities')!.rows).toBe(0);
    });

    it('is not stored with a value that its field cannot hold', async () => {
      const played = kind.open();
      played.game.health(played.entities[1], 70_000);
      await expect(take(played.adapter)).rejects.toMatchObject({ code: 'persistence/bad-cell', message: expect.stringContaining('Health.value holds 70000') });
    });

    if (kind.relations) {
      it('comes back with its relations', async () => {
        const played = kind.open({ relations: true });
        const { ref, root } = await take(played.adapter);
        const stored = await readColumns(store, ref);
        expect(stored.tables.at(-1)).toMatchObject({ name: 'Follows', rows: 25 });
        expect((await take(load(kind, stored, true).adapter)).root).toBe(root);
      });
    }
  });
}

describe('snapshots of the same game', () => {
  it('have the same root whatever ECS it is played in, and can be loaded into any other', async () => {
    const roots = new Set<string>();
    for (const from of kinds) {
      const { ref, root } = await take(from.open().adapter);
      roots.add(root);
      for (const to of kinds) roots.add((await take(load(to, await readColumns(store, ref)).adapter)).root);
      endKootaWorlds();
    }
    expect(roots.size).toBe(1);
  });
});
