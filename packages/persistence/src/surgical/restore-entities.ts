import { Fault } from '@beamline/core';
import { createLiveness } from '../migration/dangling.ts';
import type { WorldImage } from '../world-image.ts';
import { editWorld } from './edit-world.ts';
import { isComponent, rowFinder } from '../row-finder.ts';
import { followReferences, selectEntities, type Follow, type Selection } from './select-entities.ts';
import { recall, remember, revivalKey } from './world-memory.ts';

export interface RestoreEntitiesOptions {
  /** The world as it is. */
  now: WorldImage;
  /** The same world as it was, in the layout of today (`migrateAlong`). */
  then: WorldImage;
  /** In `then`: these come back as they were. */
  selection: Selection;
  /** What they referred to comes back where it is gone; what is still there is left as it is. @default everything */
  follow?: Follow;
}

/** One value that would change. A component that comes or goes has `from` or `to` undefined for each of its fields. */
export interface RestoredField {
  component: string;
  field: string;
  from?: number | string;
  to?: number | string;
}

export interface RestoredEntity {
  entity: number;
  /** Its handle now: another one where it was gone and its index belongs to somebody else. */
  handle: number;
  state: 'changed' | 'revived';
  fields: readonly RestoredField[];
}

/** What comes back. Plain data. */
export interface RestorePreview {
  /** As of which slot. */
  slot: number;
  entities: readonly RestoredEntity[];
  /** Followed, and left alone because they are still there. */
  left: readonly number[];
  /** References anywhere in the world to entities that were made again. */
  relinked: number;
  /** References of restored entities to some that were alive then and are not any more: 0 now. */
  cleared: number;
}

/**
 * Puts chosen entities back as they were, in the world as it is; everything else stays. Pure, and restoring again
 * gives back the world it got.
 * @throws Fault `persistence/bad-selection`, `persistence/layout-mismatch`, `persistence/world-full`
 */
export function restoreEntities({ now, then, selection, follow }: RestoreEntitiesOptions): { image: WorldImage; preview: RestorePreview } {
  if (now.layout !== then.layout) {
    throw new Fault('persistence/layout-mismatch', `the world has layout ${now.layout}, the snapshot ${then.layout}`, { hint: 'Migrate the snapshot first: migrateAlong(then, migrations, layout).' });
  }
  const selected = selectEntities(then, selection);
  const wasAlive = createLiveness(then);
  const edit = editWorld(now);
  const isChosen = new Set(selected);
  const left: number[] = [];
  const handles = new Map<number, number>();
  const revived = new Set<number>();
  const moved = new Map<number, number>();
  for (const entity of followReferences(then, selected, follow)) {
    const known = edit.isAlive(entity) ? entity : recall(now, revivalKey(entity)) ?? 0;
    if (edit.isAlive(known)) {
      if (isChosen.has(entity)) handles.set(entity, known);
      else left.push(entity);
      if (known !== entity) moved.set(entity, known);
      continue;
    }
    const handle = edit.revive(entity) ? entity : edit.spawn();
    handles.set(entity, handle);
    revived.add(entity);
    if (handle === entity) continue;
    moved.set(entity, handle);
    remember(edit, now, revivalKey(entity), handle);
  }

  let cleared = 0;
  const components = then.tables.filter(isComponent).map((table) => ({ table, find: rowFinder(table) }));
  const entities = [...handles].map(([entity, handle]): RestoredEntity => {
    const fields: RestoredField[] = [];
    for (const { table: { name, columns, data }, find } of components) {
      const row = find(entity);
      const before = edit.cells(name, handle);
      if (row < 0) {
        if (before === undefined) continue;
        before.forEach((from, c) => fields.push({ component: name, field: columns[c + 1]!.name, from }));
        edit.remove(name, handle);
        continue;
      }
      const after = columns.slice(1).map(({ kind }, c) => {
        const cell = data[c + 1]![row]!;
        if (kind !== 'eid' || cell === 0) return cell;
        const named = moved.get(cell as number) ?? (cell as number);
        if (edit.isAlive(named) || !wasAlive(cell as number)) return named;
        cleared += 1;
        return 0;
      });
      after.forEach((to, c) => {
        const from = before?.[c];
        if (from !== to) fields.push({ component: name, field: columns[c + 1]!.name, ...(from === undefined ? {} : { from }), to });
      });
      edit.put(name, handle, after);
    }
    return { entity, handle, state: revived.has(entity) ? 'revived' : 'changed', fields };
  });
  const relinked = moved.size === 0 ? 0 : edit.relink(moved);
  const differing = entities.filter(({ state, fields }) => state === 'revived' || fields.length > 0);
  return { image: differing.length + relinked === 0 ? now : edit.image(), preview: { slot: then.slot, entities: differing, left, relinked, cleared } };
}
